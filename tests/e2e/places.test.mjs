// The places beside the queue, in the real window on a fresh database: leads, a lead's page, jobs, the ledger with its receipts and its
// verification, the metrics, the settings of the log. Each is checked on the screen and by the command line. Its pictures are in tests/e2e/shots.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { App } from "./app.mjs";
import { KEY, until } from "./driver.mjs";

const STATUS = ".window > footer";

test("the places beside the queue", { timeout: 300_000 }, async (t) => {
  const app = new App(t, "places");
  const step = (name, work) => app.step(name, work);
  let page;
  let lead;

  const hash = () => page.run(() => location.hash);
  const rows = () => page.run(() => [...document.querySelectorAll("[role=row][aria-label]")].map((row) => row.getAttribute("aria-label")));
  const dismissed = () => page.run(() => document.querySelectorAll(".toasts button[aria-label=Dismiss]").forEach((button) => button.click()));

  await step("leads: newest first, and Enter opens one", async () => {
    page = await app.open();
    await page.role("button", "Prepare tomorrow", 60_000);
    await page.keys("g", "l");
    await page.says("Leads", "h1");
    await page.press("button", "Free");
    await until("only leads of nobody are left", async () => (await rows()).length > 5 && (await rows()).every((row) => row.endsWith(": Nobody")));
    await app.both("leads");
    await page.click(await page.role("row", /: Nobody$/));
    await page.keys(KEY.Enter);
    lead = await until("its page is open", async () => (await hash()).match(/^#\/lead\/([0-9a-f-]{36})$/)?.[1]);
    await page.says("Nobody has this lead.", ".band");
    await page.says(/Score\s+\d/, "aside");
    await page.says("Added to the CRM", "main");
  });

  await step("a lead's page: T takes it, and the take is the newest event", async () => {
    await page.keys("t");
    await page.says(/You have this lead since .*No automated message to this lead can start/, ".band");
    await page.says(/took this lead/, "main ol li:first-child");
    const shown = await app.json("ledger", "show", "--lead", lead);
    assert.deepEqual([shown[0].action, shown[0].entity], ["take", "receipt"]);
    await dismissed();
    await app.both("lead");
    await page.click(await page.find("[aria-label='Privacy mode']"));
    await page.says(/^\S\. \S\./, "h1");
    await app.shot("lead-private");
    await page.keys("h");
    await page.keys(KEY.Escape);
    await until("the leads are back", async () => (await hash()) === "#/leads");
  });

  await step("jobs: of the queue, newest first", async () => {
    await page.keys("g", "j");
    await until("jobs are listed", async () => (await rows()).length > 5);
    await page.press("button", "Failed");
    await until("only failed ones are left", async () => (await rows()).length > 0 && (await rows()).every((row) => row.endsWith(", Failed")));
    await app.both("jobs");
  });

  await step("the ledger: the acts, a receipt with its rows, and the rows themselves", async () => {
    await page.keys("n");
    await page.role("dialog", /^Prepare /);
    await page.click(await page.role("button", /^Queue [\d,]+ messages?$/));
    await page.says("messages queued for", ".toasts");
    await dismissed();
    await page.keys("g", "e");
    await page.says("Ledger", "h1");
    const prepare = (await app.json("ledger", "show", "--last", "1"))[0];
    assert.equal(prepare.action, "prepare");
    await page.role("row", /messages queued for/);
    await page.role("row", /taken/);
    await app.both("ledger");
    await page.click(await page.role("row", /messages queued for/));
    await page.keys(KEY.Enter);
    await page.says(/Message: new, queued/, "dialog[open]");
    await page.says(`#${prepare.id}`, "dialog[open]");
    await page.says(/\d+ rows can still be undone/, "dialog[open]");
    await app.both("receipt-page");
    await page.press("button", "Show the rows");
    const shown = await app.json("ledger", "show", "--receipt", prepare.receipt_id, "--last", "1000");
    const changes = shown.filter((row) => row.entity !== "receipt").length;
    await page.says(`${changes} rows`, "main header");
    await app.shot("ledger-rows");
    await page.press("button", "Clear");
  });

  await step("verify: everything is as written, and this desk remembers the end", async () => {
    await page.press("button", "Verify");
    await page.says(/rows are as written/, ".seal");
    await page.says(/Ledger verified/, STATUS);
    const { head } = await app.json("ledger", "verify");
    assert.ok(head.seq > 0);
    assert.ok(existsSync(join(app.home, "heads.json")));
    await app.both("ledger-verified");
  });

  await step("metrics: nothing yet, then what was sent, the same as the command line says", async () => {
    await page.keys("g", "m");
    await page.says("Metrics", "h1");
    await page.says("Nothing was sent today", "main");
    await page.says(/messages have a slot or wait/, "main");
    await app.shot("metrics-empty");
    const slots = (await app.messages()).filter((row) => row.queue_status === "queued").map((row) => row.scheduled_for).sort();
    const now = (await app.json("session")).now;
    const ahead = slots.filter((slot) => slot > now);
    await app.json("clock", "--to", ahead[Math.min(40, ahead.length - 1)]);
    await app.json("run", "--once");
    const { totals, bars } = await app.json("metrics");
    assert.ok(totals.sent > 5, JSON.stringify(totals));
    await until("the window counts the same", async () => (await page.run(() => document.querySelector("main dl dd")?.textContent ?? "")).trim().startsWith(String(totals.sent)));
    await page.says("Sent, dry run", "main");
    await app.both("metrics");
    await page.run(() => [...document.querySelectorAll("main button")].find((button) => button.textContent.trim() === "Table").click());
    const table = await page.run(() => [...document.querySelectorAll("[role=region] tbody tr")].map((row) => [...row.children].map((cell) => cell.textContent)));
    const told = bars.filter((bar) => bar.sent > 0).map((bar) => `${bar.local.slice(11)} ${bar.sent}`);
    assert.deepEqual(table.filter((row) => row[1] !== "0").map((row) => `${row[0]} ${row[1]}`), told);
    await app.shot("metrics-table");
    await page.click(await page.find("label:has(input[value=month])"));
    await page.says("By day", "main");
    await app.shot("metrics-month");
    await page.run(() => document.querySelector("main dl dd button").click());
    await until("the queue shows what was sent", async () => (await hash()) === "#/queue" && (await rows()).length > 0 && (await rows()).every((row) => /Sent, dry run/.test(row)));
  });

  await step("settings: the log says more at once, and diagnostics hold no secret", async () => {
    await page.press("button", "Settings");
    await page.click(await until("the levels are there", () => page.find("[role=dialog] label:has(input[value=debug])")));
    await until("the level is kept", () => existsSync(join(app.home, "desk.json")) && JSON.parse(readFileSync(join(app.home, "desk.json"), "utf8")).log_level === "debug");
    await app.both("settings");
    const pasted = await page.run(() => window.__TAURI_INTERNALS__.invoke("diagnostics").then((text) => (window.pasted = text)) && null).then(() => until("they are there", () => page.run(() => window.pasted ?? null)));
    const secrets = Object.values(JSON.parse(readFileSync(join(app.home, "credentials"), "utf8")));
    for (const word of [...secrets, "+972", "Hello"]) assert.ok(!pasted.includes(word), `${word} is in ${pasted}`);
    assert.match(pasted, /Database: Ready, server \d+.*sample.*embedded/);
    assert.match(pasted, /Log: Debug/);
  });
});
