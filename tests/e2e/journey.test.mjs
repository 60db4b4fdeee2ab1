// One day at the desk, in the real window on a fresh database. Every step is checked twice: on the screen, and outside of it, by the
// command line on the same database. It leaves its pictures in tests/e2e/shots. Those in ui/pictures are six of them, made small:
// convert tests/e2e/shots/queue-light.png +dither -colors 128 PNG8:ui/pictures/queue.png
import assert from "node:assert/strict";
import { readFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { App, csv, processesOf } from "./app.mjs";
import { KEY, until } from "./driver.mjs";

const STATUS = ".window > footer";
const LANES = { queued: "Queued", held: "Held", sending: "Sending", sent: "Sent", delivered: "Delivered", failed: "Failed", unknown: "Unknown", cancelled: "Cancelled" };

test("a day at the desk", { timeout: 240_000 }, async (t) => {
  const app = new App(t, "journey");
  const step = (name, work) => app.step(name, work);
  let page;
  let before;
  let taken;

  /** The sidebar's numbers by their words; null while they load. */
  const sidebar = () => page.run(() => Object.fromEntries([...document.querySelectorAll("nav section:first-of-type button")].map((button) => {
    const n = button.querySelector(".n").innerText;
    return [button.innerText.replace(n, "").trim(), n === "–" ? null : Number(n.replaceAll(",", ""))];
  })));
  /** The command line's numbers in the same shape. */
  const counted = async () => {
    const lanes = (await app.messages()).map((row) => row.lane);
    return Object.fromEntries(Object.entries(LANES).map(([lane, word]) => [word, lanes.filter((other) => other === lane).length]));
  };
  const sameNumbers = () => until("the sidebar and the command line agree", async () => {
    const [shown, real] = [await sidebar(), await counted()];
    assert.deepEqual(shown, real);
    return real;
  });
  const toast = (title) => page.says(title, ".toasts");
  const dismissed = async () => {
    // The toasts that can be undone go by themselves; the pictures do not wait for them.
    await page.run(() => document.querySelectorAll(".toasts button[aria-label=Dismiss]").forEach((button) => button.click()));
  };
  const gone = (name) => until(`the dialog "${name}" is closed`, async () => !(await page.has("dialog", name)));

  await step("the window opens on a fresh database and shows its queue", async () => {
    page = await app.open();
    await page.role("button", "Prepare tomorrow", 30_000);
    await page.role("row", /Held/);
    const session = await app.json("session");
    assert.deepEqual([session.embedded, session.sample, session.database, session.clock_shift_seconds], [true, true, "ready", 0]);
    await page.says(`${session.operator.name} · sample data`, "nav");
    const numbers = await sameNumbers();
    before = await app.messages();
    await page.says(`${before.length} messages`, "main header");
    assert.equal(numbers.Queued, 0, "nothing waits yet");
    assert.ok((await app.rows()).length > before.length, "the sample has jobs too");
    await app.both("queue-new");
  });

  let queued;
  await step("Prepare tomorrow: the numbers add up, and the button queues them", async () => {
    const plan = await app.json("prepare", "--dry-run");
    await page.press("button", "Prepare tomorrow");
    await page.role("dialog", /^Prepare /);
    const button = await page.role("button", /^Queue [\d,]+ messages?$/);
    const text = await page.text("dialog[open]");
    const number = (pattern) => Number(text.match(pattern)[1].replaceAll(",", ""));
    queued = number(/Will be queued\s+([\d,]+)/);
    assert.equal(queued, plan.items.length);
    assert.equal(number(/Left out\s+([\d,]+)/), plan.left_out.length);
    assert.equal(number(/([\d,]+) candidates?\./), queued + plan.left_out.length);
    assert.equal(number(/Queue ([\d,]+) messages?/), queued);
    assert.ok(queued > 10, "a day's worth");
    await page.says(plan.items[0].name, "dialog[open] tbody tr:first-child");
    assert.equal((await app.messages()).length, before.length, "a preview writes nothing");
    await app.both("prepare");
    await page.click(button);
    await toast(`${queued} messages queued for `);
    await gone(/^Prepare /);
    const numbers = await sameNumbers();
    assert.equal(numbers.Queued, queued);
    assert.equal((await app.messages()).length, before.length + queued);
    await page.role("row", /, Queued: /);
    await app.both("toast");
  });

  await step("its receipt says what was asked and what changed", async () => {
    await page.press("button", "Receipt");
    await page.role("dialog", new RegExp(`^${queued} messages queued`));
    const totals = await page.run(() => [...document.querySelectorAll("dialog[open] .totals div")].map((total) => total.innerText.replace(/\s+/g, " ").trim()));
    assert.equal(totals[1], `${queued} Changed`);
    assert.equal(totals[3], "0 Failed");
    await app.both("receipt");
    await page.keys(KEY.Escape);
    await gone(/queued/);
  });

  await step("the sample clock jumps to the first message", async () => {
    await page.press("button", /^Jump the sample clock to /);
    const first = (await app.messages()).filter((row) => row.lane === "queued").map((row) => row.scheduled_for).sort()[0];
    const session = await until("the clock is ahead", async () => {
      const session = await app.json("session");
      return session.clock_shift_seconds !== 0 && session;
    });
    assert.ok(Date.parse(session.now) >= Date.parse(first), `${session.now} is before ${first}`);
    await page.says("sample clock", STATUS);
    await page.says("due now: start automation", "main");
  });

  await step("Start automation: messages become sent, and nobody receives them", async () => {
    await page.press("button", "Start automation");
    await page.says("Automation running", STATUS);
    await page.keys("g", "a");
    await page.says("Automation", "h1");
    await page.says(/Running since \d\d:\d\d/, "main");
    await page.says("Dry run: nobody receives anything", "main");
    const old = before.filter((row) => row.lane === "sent").length;
    const sent = await until("three messages are sent", async () => {
      const sent = (await app.messages()).filter((row) => row.lane === "sent");
      return sent.length >= old + 3 && sent;
    }, 45_000);
    const fresh = sent.filter((row) => !before.some((other) => other.id === row.id));
    for (const row of fresh) assert.deepEqual([row.simulated, row.attempts], ["true", "1"]);
    await until("the sidebar shows them", async () => (await sidebar())[LANES.sent] >= sent.length);
    await page.says(/Sent, dry run\s+[3-9]/, "main");
    await app.both("automation");
    await page.keys("g", "q");
    await page.press("button", /^Sent/);
    await page.role("row", new RegExp(`^${escaped(fresh[0].lead_name)}, Sent, dry run: `));
    await page.press("button", "Clear");
    await page.role("row", /, Queued: /);
    await app.both("queue");
  });

  await step("T takes the last lead in the queue: its message is cancelled", async () => {
    const last = (await app.messages()).filter((row) => row.lane === "queued").sort((a, b) => (a.scheduled_for < b.scheduled_for ? -1 : 1)).at(-1);
    await page.press("button", /^Queued/);
    await page.says("State", "[role=search]");
    await until("only queued rows are left", () => page.run(() => [...document.querySelectorAll("[role=row][aria-label]")].every((row) => row.getAttribute("aria-label").includes(", Queued: "))));
    await page.click(await page.role("row", /, Queued: /));
    await page.keys(KEY.End);
    const name = last.lead_name;
    await page.says(name, "aside h2");
    await page.keys("t");
    await toast(/is yours/);
    await toast(/1 message cancelled/i);
    taken = (await app.messages()).find((row) => row.id === last.id);
    const { operator } = await app.json("session");
    assert.deepEqual([taken.lane, taken.owner, taken.lead_name], ["cancelled", operator.name, name]);
    await app.both("taken");
  });

  await step("R hands it back: it is nobody's, and its message stays cancelled", async () => {
    await page.press("button", /^Cancelled/);
    // The other state goes out as this one comes in.
    await page.click(await page.role("row", new RegExp(`^${escaped(taken.lead_name)}, Cancelled`)));
    await page.says("Hand back", "aside");
    await page.keys("r");
    await page.role("dialog", /^Hand .* back$/);
    await page.click(await page.role("textbox", "Reason (optional)"));
    await page.keys(..."wrong person");
    await app.both("hand-back");
    await page.press("button", "Hand back");
    await toast(/was handed back/);
    const after = (await app.messages()).find((row) => row.id === taken.id);
    assert.deepEqual([after.lane, after.owner], ["cancelled", ""]);
    await page.press("button", "Clear");
  });

  await step("Export asks the system where to; the file has every row", async () => {
    const file = join(app.person, "everything.csv");
    await page.keys("e");
    await page.role("dialog", "Export the queue");
    await app.both("export");

    await page.press("button", "Choose a file");
    await app.window("^Export the queue$");
    await page.says("Waiting for the file", "dialog[open]");
    await app.typeInto("^Export the queue$", "Escape");
    await page.role("button", "Choose a file");

    await page.press("button", "Choose a file");
    await app.typeInto("^Export the queue$", "ctrl+a", file, "Return");
    const text = await until("the file is there", () => existsSync(file) && readFileSync(file, "utf8"), 15_000);
    await toast(/[\d,]+ rows exported/);
    await gone("Export the queue");
    const { stdout } = await app.run(["--embedded", "--json", "export", "--out", "-"]);
    assert.equal(text.split("\r\n")[0], stdout.split("\r\n")[0], "the same header as the command line's");
    const [mine, theirs] = [csv(text.slice(1)), csv(stdout.slice(1))];
    assert.deepEqual(mine.map((row) => row.id).sort(), theirs.map((row) => row.id).sort());
    assert.equal(mine.filter((row) => row.queue === "messages").length, before.length + queued);
    await page.says(`${mine.length} rows exported`, ".toasts");
    await app.shot("exported");
  });

  await step("Shift P stops everything; Resume lifts it", async () => {
    await dismissed();
    await page.keys([KEY.Shift, "p"]);
    await toast("All sending is paused");
    await page.says(/You stopped everything/, "main [role=alert]");
    await page.says("All sending paused", STATUS);
    await page.says("nothing goes until sending is resumed", "main");
    const again = await app.json("stop");
    assert.deepEqual([again.changed, again.skipped[0]?.reason], [0, "already_paused"]);
    await app.both("stopped");
    await page.press("button", "Resume sending");
    await toast("Sending is resumed");
    const resumed = await app.json("resume");
    assert.equal(resumed.changed, 0);
    await until("the band is gone", async () => !(await page.has("button", "Resume sending")));
  });

  await step("every dialog opens and closes by its key", async () => {
    await page.keys("n");
    await page.role("dialog", /^Prepare /);
    await page.keys(KEY.Escape);
    await gone(/^Prepare /);
    await page.keys([KEY.Shift, "/"]);
    await page.role("dialog", "Keys");
    await app.both("keys");
    await page.keys(KEY.Escape);
    await gone("Keys");
    await page.keys("g", "a");
    await page.says("Automation", "h1");
    await app.both("automation-later");
    await page.keys("g", "s");
    await page.says("Schema", "h1");
    // What it says is for its own tests; here, that it says something.
    await until("the check has answered", () => page.run(() => /Passed|could not be checked/.test(document.querySelector("main").innerText)), 60_000);
    await app.both("schema");
    await page.keys("g", "q");
    await page.says("Queue", "h1");
    await page.keys("/");
    await until("the search field has the focus", () => page.run(() => document.activeElement?.id === "find"));
    await page.keys(...taken.lead_name);
    await until("only rows of that name are left", () => page.run((name) => {
      const rows = [...document.querySelectorAll("[role=row][aria-label]")];
      return rows.length > 0 && rows.every((row) => row.getAttribute("aria-label").startsWith(`${name}, `));
    }, taken.lead_name));
    await page.keys(KEY.Escape, KEY.Escape);
    await page.says(`${before.length + queued} messages`, "main header");
    await page.press("button", "Settings");
    await app.shot("settings");
    await page.click(await page.find("label:has(input[value=dark])"));
    await page.keys(KEY.Escape);
    assert.equal(await page.run(() => document.documentElement.dataset.theme), "dark");
  });

  await step("closing the window stops its server", async () => {
    await app.quit();
    await until("no server is left", () => !app.serverRuns(), 20_000);
    assert.deepEqual(processesOf(app.home), []);
    // A computer that is busy with other things makes slow statements.
    const complaints = app.stderr.split("\n").filter((line) => /panicked|ERROR|WARN/.test(line) && !line.includes("slow statement"));
    assert.deepEqual(complaints, []);
    // And the data is still there for the next start.
    assert.equal((await app.messages()).length, before.length + queued);
  });
});

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
