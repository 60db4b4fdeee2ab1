// Starts that cannot work, in the real window: each shows a screen with what happened, what it means and what to do, and can be
// tried again without a restart. No blank window, no crash.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import test from "node:test";
import { App, PROGRAMS, freePort } from "./app.mjs";
import { until } from "./driver.mjs";

const ROOT = process.getuid() === 0;

test("starts that cannot work", { timeout: 180_000 }, async (t) => {
  const app = new App(t, "bad-start");
  const host = new App(t, "host");
  const inside = (...names) => join(app.folder, ...names);

  /** The screen says this sentence and this hint, and says them again when asked again. */
  async function refused(name, sentence, hint) {
    const again = await app.page.role("button", "Look again", 30_000);
    for (const words of [sentence, hint]) await app.page.says(words, "main");
    const title = await app.page.text("main h1");
    assert.match(title, /^[A-Z].* .*\w$/, "a title in words");
    await app.page.click(again);
    await app.page.says(sentence, "main");
    assert.ok(await app.page.has("button", "Look again"));
    assert.doesNotMatch(app.stderr, /panicked/);
    await app.shot(`bad-${name}`);
  }

  async function badStart(name, { args, env, sentence, hint }) {
    await app.step(name, async () => {
      await app.open(args, env);
      await refused(name.replaceAll(" ", "-"), sentence, hint);
      await app.leave();
    });
  }

  await badStart("binaries that are not there", {
    env: { QUEUE_DESK_POSTGRES: inside("nowhere") },
    sentence: /nowhere holds no PostgreSQL 15 or newer\./,
    hint: /set QUEUE_DESK_POSTGRES to a directory/,
  });

  mkdirSync(inside("path"));
  for (const program of ["dbus-run-session", "dbus-daemon", "WebKitWebDriver"]) symlinkSync(which(program), inside("path", program));
  await badStart("no binaries at all", {
    env: { QUEUE_DESK_POSTGRES: "", PATH: inside("path") },
    sentence: "No PostgreSQL 15 or newer was found on this computer.",
    hint: /Install PostgreSQL/,
  });

  mkdirSync(inside("old", "data"), { recursive: true });
  chmodSync(inside("old"), 0o711);
  writeFileSync(inside("old", "data", "PG_VERSION"), "14\n");
  await badStart("data of another version", {
    env: { QUEUE_DESK_HOME: inside("old") },
    sentence: /belongs to PostgreSQL 14; this is PostgreSQL \d+\. Nothing was touched\./,
    hint: /Set QUEUE_DESK_POSTGRES to a PostgreSQL 14, or set QUEUE_DESK_HOME/,
  });
  assert.deepEqual(readdirSync(inside("old", "data")), ["PG_VERSION"]);
  assert.equal(readFileSync(inside("old", "data", "PG_VERSION"), "utf8"), "14\n");

  // Root may write everywhere, but its server may not.
  mkdirSync(inside("closed"), { mode: ROOT ? 0o700 : 0o500 });
  await badStart("a home out of reach", {
    env: { QUEUE_DESK_HOME: inside("closed", "home") },
    sentence: ROOT ? /its own account cannot reach/ : /cannot be used/,
    hint: /QUEUE_DESK_HOME to a folder/,
  });

  await badStart("a server that is not there", {
    args: ["--url", `postgresql://desk@127.0.0.1:${await freePort()}/queue_desk`],
    sentence: /127\.0\.0\.1|not reach|does not answer|refused/,
    hint: /\w{4,}/,
  });

  await app.step("a home that is a file; it is removed, and the same window opens", async () => {
    host.display = app.display;
    writeFileSync(join(host.folder, "blocked"), "");
    host.home = join(host.folder, "blocked", "home");
    const page = await host.open();
    await page.role("button", "Look again", 30_000);
    await page.says(/cannot be used: Not a directory/, "main");
    rmSync(join(host.folder, "blocked"));
    mkdirSync(join(host.folder, "blocked"), { mode: 0o711 });
    await page.press("button", "Look again");
    await page.role("button", "Prepare tomorrow", 60_000);
    assert.equal((await host.json("session")).database, "ready");
  });

  // The server of that window is one like any other for the next.
  const port = readFileSync(join(host.home, "data/postmaster.pid"), "utf8").split("\n")[3];
  const { postgres, desk } = JSON.parse(readFileSync(join(host.home, "credentials"), "utf8"));
  const url = (login, database) => ["--url", `postgresql://${login}@127.0.0.1:${port}/${database}`];
  const password = (...lines) => {
    writeFileSync(inside("pgpass"), lines.map((line) => `127.0.0.1:${port}:*:${line}\n`).join(""), { mode: 0o600 });
    return { PGPASSFILE: inside("pgpass") };
  };

  await badStart("a wrong password", {
    args: url("desk", "queue_desk"),
    env: password("desk:not-this-one"),
    sentence: /password/i,
    hint: /\w{4,}/,
  });
  assert.doesNotMatch(app.stderr, /not-this-one/);

  await badStart("a database without tables", {
    args: url("postgres", "postgres"),
    env: password(`postgres:${postgres}`),
    sentence: /No leads and no queue were found, and nothing was changed/,
    hint: /queue-desk migrate --plan/,
  });

  await app.step("a login that is no operator: it may look, and every action says why not", async () => {
    const page = await app.open(url("postgres", "queue_desk"), password(`postgres:${postgres}`));
    const button = await page.role("button", "Prepare tomorrow");
    await page.says("no operator", "nav");
    assert.equal(await page.run((button) => button.getAttribute("aria-description"), { "element-6066-11e4-a52e-4f735466cecf": button }), "This login is not an operator. Ask your admin to map it.");
    await page.click(button);
    await page.keys("n");
    assert.equal(await page.has("dialog", /./), false);
    await app.both("bad-no-operator");
    await app.leave();
  });

  await app.step("the operator's login through a URL works", async () => {
    const page = await app.open(url("desk", "queue_desk"), password(`desk:${desk}`));
    await page.role("row", /Held/);
    await page.says("SAMPLE", ".window > footer");
    await app.leave();
  });

  await app.step("what a terminal must say: a password in the URL, not a URL, no display", async () => {
    const cases = [
      [["--url", "postgresql://desk:secret@127.0.0.1/x"], {}, /The URL holds a password.* Nothing was done\./],
      [["--url", "mysql://127.0.0.1/x"], {}, /The database URL was not understood\. Nothing was done\./],
      [["--embedded"], { DISPLAY: undefined }, /There is no display to open a window on\./],
    ];
    for (const [args, env, sentence] of cases) {
      const { code, stderr } = await new Promise((done) => {
        execFile(join(PROGRAMS, "queue-desk-window"), args, { env: { ...app.env(env) }, timeout: 20_000 }, (error, _, stderr) => done({ code: error?.code ?? 0, stderr }));
      });
      assert.equal(code, 2);
      assert.match(stderr, sentence);
      assert.doesNotMatch(stderr, /secret|panicked/);
    }
  });

  await app.step("the window that lent its server closes", async () => {
    await host.quit();
    await until("no server is left", () => !host.serverRuns());
  });
});

function which(program) {
  return process.env.PATH.split(delimiter).map((folder) => join(folder, program)).find((path) => {
    try {
      return readFileSync(path).length > 0;
    } catch {
      return false;
    }
  });
}
