// The verbs on messages and people, in the real window on a fresh database: choose, cancel, undo, another time, another person, opt out, a pause.
// Each is checked by the command line. Pictures: verbs-*.png.
import assert from "node:assert/strict";
import test from "node:test";
import { App } from "./app.mjs";
import { KEY, until } from "./driver.mjs";

test("what people do with messages that wait", { timeout: 240_000 }, async (t) => {
  const app = new App(t, "verbs");
  const step = (name, work) => app.step(name, work);
  let page;
  let prepared;

  // The lane `queued`: held ones are another program's here.
  const waiting = async () => (await app.messages()).filter(({ lane }) => lane === "queued");
  const dismissed = () => page.run(() => document.querySelectorAll(".toasts button[aria-label=Dismiss]").forEach((button) => button.click()));

  await step("three messages are chosen, cancelled and put back", async () => {
    page = await app.open();
    await page.role("button", "Prepare tomorrow", 60_000);
    await app.json("prepare");
    prepared = await waiting();
    await page.press("button", /^Queued/);
    await page.click(await page.role("row", /Queued/));
    await page.keys("x");
    await page.says("1 selected");
    await page.keys([KEY.Shift, KEY.Down]);
    await page.keys([KEY.Shift, KEY.Down]);
    await page.says("3 selected");
    await app.both("verbs-chosen");
    await page.keys([KEY.Shift, "C"]);
    await page.role("dialog", "Cancel 3 messages");
    await app.both("verbs-cancel");
    await page.press("button", "Cancel 3 messages");
    await page.says("3 messages cancelled", ".toasts");
    assert.equal((await waiting()).length, prepared.length - 3);
    await page.keys("z");
    await until("they wait again", async () => (await waiting()).length === prepared.length);
    await page.says(new RegExp(`Queued\\s+${prepared.length}`), "nav");
    await dismissed();
  });

  await step("one gets another time", async () => {
    const at = () => waiting().then((rows) => new Map(rows.map((row) => [row.id, row.scheduled_for])));
    const before = await at();
    await page.click(await page.role("row", /Queued/));
    await page.keys("s");
    await page.role("dialog", /^Reschedule the message to/);
    await app.both("verbs-reschedule");
    await page.press("button", "In 1 hour");
    await page.press("button", /^Reschedule 1 message/);
    await until("its time is another", async () => [...(await at())].filter(([id, time]) => before.get(id) !== time).length === 1);
    await dismissed();
  });

  await step("one goes to a colleague, and comes back", async () => {
    const mine = async () => (await waiting()).filter(({ operator }) => operator === "Noa Shalev").length;
    const before = await mine();
    await page.keys("x");
    await page.says("1 selected");
    await page.press("button", /^Assign/);
    await page.role("dialog", /^Assign the message to/);
    await app.both("verbs-assign");
    await page.press("button", /^Assign 1 to/);
    await until("a colleague has it", async () => (await mine()) === before - 1);
    await page.says(/1 message assigned/, ".toasts");
    await page.keys("z");
    await until("it is back", async () => (await mine()) === before);
    await page.keys(KEY.Escape);
    await dismissed();
  });

  await step("a person asked for no more messages", async () => {
    await page.click(await page.role("row", /Queued/));
    await page.keys([KEY.Shift, "O"]);
    await page.role("dialog", /^Opt .* out/);
    await app.both("verbs-opt-out");
    await page.press("button", "Opt out");
    await until("what waited is cancelled", async () => (await waiting()).length < prepared.length);
    await app.both("verbs-opted-out");
    await page.keys("z");
    await until("it waits again", async () => (await waiting()).length === prepared.length);
    await dismissed();
  });

  await step("a lead's messages are paused, and the pause is lifted where it is listed", async () => {
    await page.keys("g", "a");
    await page.press("button", "Pause sending…");
    await page.role("dialog", "Pause sending");
    await app.both("verbs-pause");
    await page.press("button", "Pause");
    await until("it is paused", async () => (await app.json("pauses")).length === 1);
    await app.both("verbs-paused");
    await page.press("button", /^Lift the pause: /);
    await until("it is lifted", async () => (await app.json("pauses")).length === 0);
    await dismissed();
  });

  await step("an operator list says who works here", async () => {
    await page.press("button", "Manage");
    await page.role("dialog", "Operators");
    await page.says("Noa Shalev", "dialog[open]");
    await app.both("verbs-operators");
    await page.press("button", "Add an operator");
    await page.press("radio", "A new one");
    await app.both("verbs-operator-add");
    await page.keys(KEY.Escape);
    await page.keys(KEY.Escape);
  });

  await step("an admin acts for a colleague, every place says so, and the ledger keeps both", async () => {
    await page.keys("g", "l");
    await page.keys([KEY.Shift, "A"]);
    await page.role("dialog", "Act for an operator");
    const who = await until("the operators are there", () => page.run(() => document.querySelector("dialog[open] label b:last-of-type")?.textContent.trim()));
    await page.press("radio", new RegExp(who));
    await app.both("verbs-act-for");
    await page.press("button", `Act for ${who}`);
    await page.says(`Acting for ${who}`, ".band");
    await page.says(`Noa Shalev for ${who}`, "nav");
    await page.click(await page.role("row", /Nobody/));
    await page.keys("t");
    await page.says(`Noa Shalev for ${who}`, ".toasts");
    await app.both("verbs-acting-leads");
    await page.keys(KEY.Enter);
    const lead = await until("its page is open", async () => (await page.run(() => location.hash)).match(/^#\/lead\/([0-9a-f-]{36})$/)?.[1]);
    await page.says(`Noa Shalev for ${who} took this lead`, "main");
    await page.says(`${who} has this lead`, "main");
    await app.both("verbs-acting-lead");
    const taken = (await app.json("ledger", "show", "--lead", lead)).find(({ action, entity }) => action === "take" && entity === "receipt");
    assert.equal(taken.operator, who);
    assert.equal(taken.login, "desk");
    await page.keys(KEY.Escape);
    await dismissed();
    await page.keys("n");
    await page.says(`For ${who}.`, "dialog[open]");
    await app.both("verbs-acting-prepare");
    await page.keys(KEY.Escape);
    for (const [key, place] of Object.entries({ q: "queue", a: "automation", e: "ledger", s: "schema" })) {
      await page.keys("g", key);
      await page.says(`Acting for ${who}`, ".band");
      await page.says(/\S/, "main h1");
      await app.both(`verbs-acting-${place}`);
    }
    // Somebody retires the colleague meanwhile: nothing is done in any name until a person says so.
    await app.json("operator", "deactivate", who);
    await page.says(`You cannot act for ${who} any more`, ".band");
    await page.keys("g", "l");
    await app.both("verbs-acting-ended");
    await page.press("button", "Go on as yourself");
    await until("the band is gone", () => page.run(() => !document.querySelector(".band b.any")));
    await dismissed();
  });

  await step("a person who asked for it is erased, and nothing of theirs is on the screen", async () => {
    await page.keys("g", "l");
    await page.click(await page.role("row", /Nobody/));
    await page.keys(KEY.Enter);
    const lead = await until("its page is open", async () => (await page.run(() => location.hash)).match(/^#\/lead\/([0-9a-f-]{36})$/)?.[1]);
    await page.says("Added to the CRM", "main");
    const name = await page.run(() => document.querySelector("h1").textContent.trim());
    await page.says(/Score\s+\d[\s\S]*Created/, "aside");
    await dismissed();
    await until("no note covers the button", () => page.run(() => !document.querySelector(".toasts")?.textContent.trim()));
    await page.press("button", "Erase this person");
    await page.role("dialog", /^Erase /);
    await page.says("Type ERASE to go on", "dialog[open]");
    await app.both("verbs-erase");
    await page.click(await page.find("dialog[open] input:not([type=checkbox])"));
    await page.keys(..."ERASE");
    await page.press("button", "Erase for good");
    await until("it is done", async () => (await app.json("ledger", "show", "--lead", lead)).some(({ action, entity }) => action === "erase" && entity === "receipt"));
    await page.says(/erased/, ".toasts");
    await until("the name is gone from the screen", async () => !(await page.run(() => document.body.textContent)).includes(name));
    await app.both("verbs-erased");
  });
});
