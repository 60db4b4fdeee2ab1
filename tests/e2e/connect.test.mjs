// The connect screen in the real window: a first start, the sample, a database of its own through the form, what stops the way there, and an
// empty database that is set up. Checked on the screen and by the command line. Pictures: connect-*.png.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { App } from "./app.mjs";
import { KEY, until } from "./driver.mjs";

test("from a first start to a database of one's own", { timeout: 240_000 }, async (t) => {
  const app = new App(t, "connect");
  const host = new App(t, "connect-host");
  const step = (name, work) => app.step(name, work);
  let page;
  let port;
  let passwords;

  /** Writes into a field by its label, as a person does. */
  async function fill(label, text) {
    const id = await until(`there is a field "${label}"`, () => page.run((label) => [...document.querySelectorAll("label")].find((l) => l.innerText.trim() === label)?.htmlFor, label));
    const element = await page.find(`[id="${id}"]`);
    await page.click(element);
    await page.keys([KEY.Control, "a"]);
    await page.keys(...text);
    await until(`"${label}" is filled`, () => page.run((id, text) => document.getElementById(id).value === text, id, text));
  }
  const testIt = () => page.press("button", "Test the connection");
  const stored = () => readFileSync(join(app.home, "connections.toml"), "utf8");

  await step("a second server is there", async () => {
    const { code, stderr } = await host.run(["--embedded", "migrate", "--apply"]);
    assert.equal(code, 0, stderr);
    // It stops with its last client: this one stays.
    page = await host.open(["--embedded"]);
    await page.role("button", "Prepare tomorrow", 60_000);
    port = readFileSync(join(host.home, "data/postmaster.pid"), "utf8").split("\n")[3];
    passwords = JSON.parse(readFileSync(join(host.home, "credentials"), "utf8"));
    app.display = host.display;
  });

  await step("a first start asks, and shows three answers", async () => {
    page = await app.open([]);
    await page.says("Where do your leads live?", "h1");
    for (const words of ["Try it with sample leads", "Connect our CRM", "Start in an empty database", "Not connected"]) await page.says(words);
    assert.equal(app.serverRuns(), false, "nothing was started");
    await app.both("connect-first");
  });

  await step("a wrong password is named at its step, and is in no file", async () => {
    await fill("Host", "127.0.0.1");
    await fill("Port", port);
    await fill("Database", "queue_desk");
    await fill("User", "desk");
    await fill("Password", "not-this-one");
    await testIt();
    await page.says(/refused the login .desk.: wrong password, or no such login\./, ".answer");
    await page.says("Type it again", ".answer");
    await app.both("connect-wrong-password");
    assert.doesNotMatch(app.stderr, /not-this-one/);
  });

  await step("the right one: what was found, then the queue of that database", async () => {
    await fill("Password", passwords.desk);
    await testIt();
    await page.role("button", "Open the queue");
    await page.says("Ready", ".answer");
    await app.both("connect-ready");
    await page.press("button", "Open the queue");
    await page.role("row", /Held/);
    await page.says(`127.0.0.1/queue_desk`, "nav");
    await page.says("SAMPLE", ".window > footer");
    assert.match(stored(), /login = "desk"/);
    assert.ok(!stored().includes(passwords.desk), "no password in the file");
  });

  await step("locked, only the password of that database opens it again", async () => {
    await page.keys([KEY.Shift, "L"]);
    await page.says("Locked", "h1");
    const typed = (text) => page.keys(...text, KEY.Enter);
    await typed("not-this-one");
    await page.says(/password/i, "[role=alert]");
    await app.both("locked-password");
    await typed(passwords.desk);
    await page.role("row", /Held/);
    assert.doesNotMatch(app.stderr, /not-this-one/);
  });

  await step("Switch database closes it: no row of it is left, nothing is asked of it any more", async () => {
    const name = await page.run(() => document.querySelector("[role=row][aria-label]").getAttribute("aria-label").split(",")[0]);
    await page.press("button", "Switch database");
    await page.says("Where do your leads live?", "h1");
    assert.ok(!(await page.text()).includes(name));
    await app.shot("connect-switched");
  });

  await step("an empty database: every step is shown, done, and counted", async () => {
    await page.click(await page.role("radio", /Start in an empty database/));
    await fill("Database", "postgres");
    await fill("User", "supabase_admin");
    await fill("Password", passwords.supabase_admin);
    await testIt();
    await page.says("The database is empty", ".answer");
    await app.both("connect-empty");
    await page.press("button", /^See the \d+ steps$/);
    await page.says("What would be made", ".answer");
    await app.both("connect-plan");
    await page.press("button", /^Do the \d+ steps$/);
    await page.says(/Step \d+ of \d+/, ".answer", 30_000);
    await app.shot("connect-setup");
    await page.says("It is set up, and up to date.", ".answer", 60_000);
    const { code, stdout } = await app.run(["--json", "probe"], { DATABASE_URL: `postgresql://supabase_admin:${passwords.supabase_admin}@127.0.0.1:${port}/postgres` });
    const probe = JSON.parse(stdout);
    assert.deepEqual([code, probe.database, probe.pending], [0, "ready", 0]);
  });

  await step("the sample: made on this computer, and opened by itself at the next start", async () => {
    await page.click(await page.role("radio", /Try it with sample leads/));
    await page.press("button", "Open the sample");
    await page.role("button", "Prepare tomorrow", 60_000);
    await page.says("Local database", "nav");
    assert.equal((await app.json("session")).sample, true);
    await app.leave();
    page = await app.open([]);
    await page.role("button", "Prepare tomorrow", 60_000);
    await page.says("Local database", "nav");
  });

  await step("switching while automation runs asks first", async () => {
    await page.press("button", "Start automation");
    await page.says("Automation running", ".window > footer");
    await page.press("button", "Switch database");
    await page.role("dialog", "Automation is running on this desk");
    await app.shot("connect-switch");
    await page.press("button", "Stop and switch");
    await page.says("Where do your leads live?", "h1", 20_000);
    await until("its server stopped", () => !app.serverRuns(), 20_000);
    assert.doesNotMatch(app.stderr, /panicked/);
  });
});
