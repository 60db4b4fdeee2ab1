// The shell of the real window: nothing from elsewhere gets in, it goes nowhere, a second start brings it to the front, and locked it
// shows nothing. Its pictures are in tests/e2e/shots.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import test from "node:test";
import { App, PROGRAMS } from "./app.mjs";
import { KEY, until } from "./driver.mjs";

const OURS = "tauri://localhost";

test("the window is closed to everything but its own page", { timeout: 300_000 }, async (t) => {
  const app = new App(t, "shell");
  const step = (name, work) => app.step(name, work);
  let page;

  // Somebody else's server on this computer: it must not hear a thing.
  const heard = [];
  const stranger = createServer((request, answer) => (heard.push(request.url), answer.writeHead(200, { "access-control-allow-origin": "*" }).end("window.taken = true"))).listen(0, "127.0.0.1");
  t.after(() => stranger.close());
  await until("the stranger listens", () => stranger.listening);
  const elsewhere = `http://127.0.0.1:${stranger.address().port}`;
  const start = (args, env = {}) => new Promise((done) => {
    execFile(join(PROGRAMS, "queue-desk-window"), args, { env: app.env(env), timeout: 30_000 }, (error, stdout, stderr) => done({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr }));
  });
  const ours = () => page.run(() => location.origin + location.pathname);

  await step("nothing is loaded from elsewhere, and no script that was not shipped runs", async () => {
    page = await app.open();
    await page.role("button", "Prepare tomorrow", 60_000);
    const refused = await page.run((elsewhere) => {
      window.refused = [];
      document.addEventListener("securitypolicyviolation", (event) => window.refused.push(event.effectiveDirective));
      const add = (tag, more) => document.body.append(Object.assign(document.createElement(tag), more));
      add("img", { src: `${elsewhere}/img` });
      add("script", { src: `${elsewhere}/script` });
      add("script", { textContent: "window.taken = true" });
      add("iframe", { src: `${elsewhere}/frame` });
      add("link", { rel: "stylesheet", href: `${elsewhere}/style` });
      add("video", { src: `${elsewhere}/video` });
      add("object", { data: `${elsewhere}/object` });
      document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.taken = true'><a id=js href='javascript:window.taken = true'>x</a>");
      document.getElementById("js").click();
      try {
        window.eval("window.taken = true");
      } catch {
        window.refused.push("eval");
      }
      try {
        new WebSocket(elsewhere.replace("http", "ws"));
      } catch {
        window.refused.push("socket");
      }
      navigator.sendBeacon(`${elsewhere}/beacon`, "x");
      window.fetched = fetch(`${elsewhere}/fetch`).then(() => "fetched", () => "refused").then((how) => (window.how = how));
      return true;
    }, elsewhere);
    assert.ok(refused);
    await until("the fetch has an answer", () => page.run(() => window.how ?? null));
    assert.equal(await page.run(() => window.how), "refused");
    await until("each is refused", async () => {
      const kinds = await page.run(() => window.refused);
      return ["img-src", "script-src-elem", "connect-src", "eval"].every((kind) => kinds.includes(kind)) ? kinds : false;
    });
    assert.equal(await page.run(() => window.taken ?? null), null, "no script of somebody else ran");
    assert.equal(await page.run(() => window.__TAURI__ ?? null), null);
    assert.deepEqual(heard, []);
  });

  await step("it goes nowhere and opens no other window", async () => {
    for (const to of [`${elsewhere}/away`, "file:///etc/passwd", "data:text/html,<h1>taken", "tauri://elsewhere/", "about:blank"]) {
      await page.run((to) => void (location.href = to), to);
      await page.run((to) => document.body.append(Object.assign(document.createElement("a"), { href: to, target: "_blank", id: "away" })) ?? document.getElementById("away").click() ?? document.getElementById("away").remove(), to);
      assert.equal(await page.run((to) => window.open(to) === null, to), true, to);
      await page.run((to) => {
        const form = Object.assign(document.createElement("form"), { action: to, method: "post" });
        document.body.append(form);
        form.submit();
        form.remove();
      }, to);
      await sleep(100);
      assert.equal(await ours(), `${OURS}/`, to);
    }
    assert.deepEqual(heard, []);
    assert.equal((await app.xdotool("search", "--onlyvisible", "--name", "Queue Desk")).split("\n").length, 1);
    // What the context menu's Reload does.
    await page.run(() => void location.reload());
    await page.role("button", "Prepare tomorrow", 20_000);
    // A file that is dropped on it, as the page would see it.
    await page.run(() => document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: new DataTransfer() })));
    assert.equal(await ours(), `${OURS}/`);
  });

  await step("a second start brings it to the front and ends, and another folder has a window of its own", async () => {
    const window = await app.window("Queue Desk$");
    const active = () => app.xdotool("getactivewindow").catch(() => "");
    await app.xdotool("windowminimize", "--sync", window);
    await until("it is out of sight", async () => (await active()) !== window);
    for (const args of [["--embedded"], [], ["--url", "postgresql://somebody@127.0.0.1:1/else"]]) {
      const said = await start(args);
      assert.equal(said.code, 0, said.stderr);
      assert.equal(said.stdout, `Queue Desk is open already on ${app.home}: its window was brought to the front.\n`);
    }
    await until("it is in front", async () => (await active()) === window);
    // The command line works beside it.
    assert.equal((await app.json("session")).embedded, true);
    const beside = app.spawn(join(PROGRAMS, "queue-desk-window"), [], app.env({ QUEUE_DESK_HOME: join(app.folder, "other") }));
    await until("there are two windows", async () => (await app.xdotool("search", "--onlyvisible", "--name", "Queue Desk$")).split("\n").length === 2);
    assert.equal(beside.exitCode, null);
    beside.kill("SIGTERM");
    await until("the other one ended", () => beside.exitCode !== null || beside.signalCode !== null);
    await app.xdotool("windowactivate", "--sync", window);
  });

  await step("locked it shows nothing, hands out nothing, and says what automation does", async () => {
    await page.keys("g", "l");
    const names = await until("leads are listed", async () => {
      const rows = await page.run(() => [...document.querySelectorAll("[role=row][aria-label]")].map((row) => row.getAttribute("aria-label").split(":")[0]));
      return rows.length > 5 && rows;
    });
    await page.press("button", "Settings");
    await page.says("It hides, it does not protect", "[role=dialog]");
    await app.both("settings-lock");
    await page.keys(KEY.Escape);
    await page.keys([KEY.Shift, "L"]);
    await page.says("Locked", "h1");
    await page.says("No automation runs on this desk.");
    const all = await page.run(() => document.documentElement.outerHTML + document.title);
    for (const name of names) assert.ok(!all.includes(name), `${name} is still in the page`);
    assert.ok(!/\+972|Hello/.test(all));
    const answer = (command, args) => page.run((command, args) => (window.__TAURI_INTERNALS__.invoke(command, args).then((value) => (window.answer = value), (error) => (window.answer = error)), true), command, args).then(() => until("an answer", () => page.run(() => window.answer ?? null)));
    assert.equal((await answer("leads_page", { filter: {}, after: null, limit: 5 })).code, "window_locked");
    await app.both("locked");
    // Loading the page anew opens nothing.
    await page.run(() => void location.reload());
    await page.says("Locked", "h1", 20_000);
    await page.press("button", "Unlock");
    await page.says("Leads", "h1");
  });
});
