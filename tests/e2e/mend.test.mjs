// A CRM with its leads and nothing of ours, in the real window: the check says what is missing, Mend shows what it would do, does it, and the
// rows balance. Checked by the command line. Pictures: mend-*.png.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { App, csv } from "./app.mjs";
import { KEY, until } from "./driver.mjs";

test("a CRM is mended from its schema", { timeout: 240_000 }, async (t) => {
  const app = new App(t, "mend");
  const step = (name, work) => app.step(name, work);
  let page;
  let env;

  const told = async (...args) => {
    const { code, stdout, stderr } = await app.run(["--json", ...args], env);
    assert.ok(code <= 1, `${args.join(" ")}: ${stderr}`);
    return JSON.parse(stdout);
  };
  const pending = async () => (await told("migrate", "--plan")).steps.filter((step) => ["pending", "changed"].includes(step.state)).length;

  await step("a CRM that was never set up is there", async () => {
    // This process keeps the server; the CRM is in a database beside the sample.
    const keeper = app.spawn(join(process.env.QUEUE_DESK_PROGRAMS, "queue-desk"), ["--embedded", "watch"], app.env());
    const port = await until("the server is there", () => keeper.exitCode === null && readFileSync(join(app.home, "data/postmaster.pid"), "utf8").split("\n")[3], 60_000);
    await until("it answers", async () => (await app.run(["--embedded", "session"])).code === 0, 60_000);
    const { supabase_admin: password } = JSON.parse(readFileSync(join(app.home, "credentials"), "utf8"));
    env = { DATABASE_URL: `postgresql://supabase_admin:${password}@127.0.0.1:${port}/postgres` };
    await told("migrate", "--apply");
    await told("sample", "--leads", "60", "--seed", "5");
    const { code, stderr } = await app.run(["migrate", "--remove", "--confirm", "postgres"], env);
    assert.equal(code, 0, stderr);
    assert.ok((await pending()) > 20);
  });

  await step("its rows are looked at and exported, although nothing of ours is there", async () => {
    page = await app.open([], env);
    await app.both("plain-closed");
    await page.press("button", "Look at the queue");
    const rows = () => page.run(() => [...document.querySelectorAll("[role=row][aria-label]")].map((row) => row.getAttribute("aria-label")));
    await until("messages are listed", async () => (await rows()).length > 0);
    await app.both("plain-queue");
    await page.keys("g", "l");
    await until("leads are listed", async () => (await rows()).length > 5);
    await app.both("plain-leads");
    await page.keys(KEY.Enter);
    await page.says("Added to the CRM", "main");
    await app.both("plain-lead");
    await page.keys("g", "q");
    await page.keys("e");
    await page.role("dialog", "Export the queue");
    await app.both("plain-export");
    await page.press("button", "Choose a file");
    const file = join(app.folder, "plain.csv");
    await app.typeInto("^Export the queue$", "ctrl+a", file, "Return");
    await page.says(/[1-9]\d* rows? exported/, ".toasts");
    const written = csv(readFileSync(file, "utf8").replace("\uFEFF", ""));
    const told = await app.run(["--json", "export", "--out", "-", "--preset", "machine"], env);
    assert.deepEqual(written.map(({ id }) => id), csv(told.stdout).map(({ id }) => id));
    assert.equal(JSON.parse(told.stderr).ledger_id, null);
    assert.ok(written.every(({ operator, delivery_outcome }) => operator === "" && delivery_outcome === ""));
    await page.keys("g", "s");
    await page.press("button", "Check again").catch(() => {});
    assert.ok((await pending()) > 20, "nothing was written");
    await app.leave();
  });

  await step("it is looked at before anything is done", async () => {
    page = await app.open([], env);
    await page.press("button", "Check the schema");
    await page.says("Needs you", "main", 60_000);
    await app.both("mend-check");
    await page.press("button", /^Preview migration/);
    const dialog = await page.role("dialog", /What a migration would do/);
    assert.ok(dialog);
    await page.role("button", "Save SQL script");
    await app.both("mend-preview");
  });

  await step("Mend asks for a backup, does every step, and the rows balance", async () => {
    const before = await pending();
    await page.press("button", "Mend").catch(() => {});
    assert.equal(await pending(), before, "without the tick nothing is done");
    await page.run(() => document.querySelector("dialog[open] input[type=checkbox]").click());
    await page.press("button", "Mend");
    await page.says("What was mended", "dialog[open]", 120_000);
    await page.says("public.leads", "dialog[open]");
    await app.both("mend-done");
    assert.equal(await pending(), 0);
    await page.press("button", "Close");
    const report = await told("check");
    assert.equal(report.findings.filter(({ id, status }) => id === "M1" && status !== "pass").length, 0, "no step is pending");
  });
});
