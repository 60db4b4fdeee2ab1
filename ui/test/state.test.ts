import { FRESH, ListState, PAGE } from "../src/state/list.svelte";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { commands } from "../src/ipc/commands";
import { mockTransport } from "../src/ipc/mock";
import type { MessageRow } from "../src/ipc/bindings/MessageRow";
import type { Receipt } from "../src/ipc/bindings/Receipt";
import { Desk } from "../src/state/desk.svelte";
import { quartersOf } from "../src/state/plan.svelte";
import { toneOf } from "../src/state/receipts.svelte";
import { automationBlocked, jumpTo, takeBlocked } from "../src/views/frame/acts";
import { lossLine, stoppedLine, wentBack } from "../src/views/frame/stopped";
import { lineOf, titleOf } from "../src/views/receipt/sentence";

let desk: Desk;
async function open(scenario: string): Promise<Desk> {
  desk = new Desk(commands(mockTransport(scenario)));
  const opening = desk.open();
  await vi.advanceTimersByTimeAsync(50);
  await opening;
  return desk;
}
/** Timers are fake, so a call's answer needs them to move. */
async function settle<T>(promise: Promise<T>): Promise<T> {
  await vi.advanceTimersByTimeAsync(400);
  return promise;
}
const receipt = (part: Partial<Receipt>): Receipt => ({ action: "take", asked: 1, changed: 1, skipped: [], failed: [], receipt_id: "r", ledger_id: null, detail: {}, ...part });

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 24, 20, 0) });
  location.hash = "";
});
afterEach(() => {
  desk?.close();
  vi.useRealTimers();
});

describe("receipts", () => {
  test("zero changed is amber, never green", () => {
    expect(toneOf(receipt({ changed: 0 }))).toBe("warn");
    expect(toneOf(receipt({ changed: 0, asked: 0 }))).toBe("warn");
  });
  test("something changed and nothing failed is green", () => expect(toneOf(receipt({ changed: 3 }))).toBe("ok"));
  test("anything failed is red, whatever else changed", () => expect(toneOf(receipt({ changed: 31, failed: [{ id: "x", reason: "no" }] }))).toBe("danger"));

  test("taking says what was cancelled and can be undone with one key", async () => {
    await open("night");
    const row = desk.messages.rows[0]!;
    await settle(desk.take(row.lead_id!, row.lead_name));
    const note = desk.receipts.undoable!;
    expect(titleOf(note)).toContain(row.lead_name);
    expect(lineOf(note)).toBe("1 message cancelled");
    expect(desk.counts.lane("cancelled")).toBe(1);
    await settle(desk.undo(note.id, note.receipt!.receipt_id));
    expect(desk.receipts.notes.map((n) => n.receipt?.action)).toEqual(["undo"]);
    expect(lineOf(desk.receipts.notes[0]!)).toContain("what was cancelled stays cancelled");
    expect(desk.messages.rows.every((r) => r.owner === null)).toBe(true);
  });

  test("losing the race names the winner and changes nothing", async () => {
    await open("busy");
    const row = desk.messages.rows.find((r) => r.owner)!;
    // Whom the screen showed is not who has it by now.
    await settle(desk.take(row.lead_id!, row.lead_name, "00000000-0000-4000-8000-00000000a002"));
    const note = desk.receipts.notes.at(-1)!;
    expect([note.tone, titleOf(note), note.life]).toEqual(["warn", "Nothing changed", null]);
    expect(lineOf(note)).toContain("Dana Levi");
  });

  test("a colleague's lead is taken over when the owner is still the one that was shown", async () => {
    await open("busy");
    const row = desk.messages.rows.find((r) => r.owner_id)!;
    await settle(desk.take(row.lead_id!, row.lead_name, row.owner_id));
    expect(desk.receipts.notes.at(-1)!.tone).toBe("ok");
    expect(desk.messages.rows.find((r) => r.id === row.id)!.owner_is_me).toBe(true);
  });

  test("a file is called what it is called; our own words begin with a capital", () => {
    const line = (part: Partial<Receipt>) => lineOf({ id: 1, tone: "ok", receipt: receipt(part), error: null, subject: null, about: null, said: null, undone: null, signed: null, undoable: false, life: null });
    expect(line({ action: "export", detail: { file: "everything.csv" } })).toBe("everything.csv");
    expect(line({ action: "release", changed: 0, skipped: [{ reason: "not_owner", count: 1 }] })).toBe("Skipped 1 (not yours)");
  });

  test("stop and resume never stand beside each other", async () => {
    await open("night");
    await settle(desk.stopEverything());
    expect(desk.receipts.notes.map(titleOf)).toEqual(["All sending is paused"]);
    await settle(desk.resume());
    expect(desk.receipts.notes.map(titleOf)).toEqual(["Sending is resumed"]);
    await settle(desk.stopEverything());
    expect(desk.receipts.notes.map(titleOf)).toEqual(["All sending is paused"]);
  });

  test("a hand-back takes that lead's Undo away, and no other's", async () => {
    await open("night");
    const [one, two] = desk.messages.rows as [MessageRow, MessageRow];
    await settle(desk.take(one.lead_id!, one.lead_name));
    await settle(desk.take(two.lead_id!, two.lead_name));
    await settle(desk.release(two.lead_id!, two.lead_name, null));
    expect(desk.receipts.notes.map((n) => [n.receipt!.action, n.about])).toEqual([["take", one.lead_id], ["release", two.lead_id]]);
    expect(desk.receipts.undoable!.about).toBe(one.lead_id);
  });

  test("a refused call is a toast in the words of its code", async () => {
    await open("busy");
    await settle(desk.toggleAutomation());
    desk.run.take({ ...desk.run.value!, state: "idle" });
    await settle(desk.toggleAutomation());
    expect(desk.receipts.notes.map(titleOf)).toContain("Automation is already running");
  });
});

describe("messages", () => {
  test("what the rows show is this window's own doing until it was read after the act", async () => {
    await open("arriving");
    expect(desk.messages.mine).toBe(false);
    await settle(desk.plan.preview(null));
    const seen: boolean[] = [];
    const load = desk.messages.load.bind(desk.messages);
    desk.messages.load = () => load().then(() => void seen.push(desk.messages.mine));
    await settle(desk.commitPlan());
    expect([seen[0], seen.every(Boolean)]).toEqual([true, true]);
    await vi.advanceTimersByTimeAsync(3_500);
    expect([desk.messages.rows.filter((row) => row.operator === "Amir Haddad").length > 12, desk.messages.mine]).toEqual([true, false]);
  });

  test("the focus stays on its row while others leave above it", async () => {
    await open("night");
    const second = desk.messages.rows[1]!;
    desk.messages.focusId = second.id;
    const first = desk.messages.rows[0]!;
    await settle(desk.take(first.lead_id!, first.lead_name));
    expect(desk.messages.rows[0]!.id).toBe(second.id);
    expect(desk.messages.focusId).toBe(second.id);
  });

  test("a focused row that leaves the filter hands the focus to its neighbour", async () => {
    await open("night");
    await settle(desk.messages.narrow({ lane: "queued" }));
    const [row, next] = desk.messages.rows;
    desk.messages.focusId = row!.id;
    await settle(desk.take(row!.lead_id!, row!.lead_name));
    expect(desk.messages.focusId).toBe(next!.id);
  });

  test("a click filters, a second click removes, and the count knows it", async () => {
    await open("busy");
    await settle(desk.messages.toggle("lane", "held"));
    expect(desk.messages.rows.every((row) => row.lane === "held")).toBe(true);
    expect(desk.counts.matching(desk.messages.filter)).toBe(desk.messages.rows.length);
    await settle(desk.messages.toggle("lane", "held"));
    expect(desk.messages.rows.length).toBe(desk.counts.total);
  });

  test("a reason filters what it holds, and a lane that cannot have it takes its place", async () => {
    await open("busy");
    await settle(desk.messages.toggle("lane", "sent"));
    await settle(desk.messages.toggle("reason", "day_cap"));
    expect(desk.messages.filter).toMatchObject({ lane: null, reason: "day_cap" });
    expect(desk.messages.rows.length).toBeGreaterThan(0);
    expect(desk.messages.rows.every((row) => row.lane === "held" && row.reason === "day_cap")).toBe(true);
    expect(desk.counts.matching(desk.messages.filter)).toBe(desk.messages.rows.length);
    await settle(desk.messages.toggle("lane", "held"));
    expect(desk.messages.filter).toMatchObject({ lane: "held", reason: "day_cap" });
    await settle(desk.messages.toggle("reason", "day_cap"));
    expect(desk.messages.filter).toMatchObject({ lane: "held", reason: null });
    await settle(desk.messages.toggle("reason", "day_cap"));
    await settle(desk.messages.toggle("lane", "queued"));
    expect(desk.messages.filter).toMatchObject({ lane: "queued", reason: null });
  });

  test("an answer that a newer question has overtaken is dropped", async () => {
    await open("busy");
    void desk.messages.narrow({ lane: "held" });
    await settle(desk.messages.narrow({ lane: "unknown" }));
    expect(new Set(desk.messages.rows.map((row) => row.lane))).toEqual(new Set(["unknown"]));
  });
});

describe("plan", () => {
  test("the totals add up to the candidates and the bars to the plan", async () => {
    await open("busy");
    await settle(desk.plan.preview(null));
    const plan = desk.plan.value!;
    expect(plan.items.length + plan.left_out.length).toBe(plan.candidates);
    expect(desk.plan.reasons.reduce((sum, r) => sum + r.count, 0)).toBe(plan.left_out.length);
    expect(quartersOf(plan).reduce((sum, q) => sum + q.count, 0)).toBe(plan.items.length);
    expect(quartersOf(plan).filter((q) => q.count && !q.open)).toEqual([]);
  });

  test("queueing shows one green receipt with the number and the day", async () => {
    await open("fresh");
    await settle(desk.plan.preview(null));
    expect(await settle(desk.commitPlan())).toBe(true);
    expect(desk.receipts.notes.map(titleOf)).toEqual(["40 messages queued for Wed 25 Nov"]);
    expect(desk.counts.lane("queued")).toBe(40);
  });

  test("a stale plan keeps the dialog, offers the others, and queues exactly them", async () => {
    await open("stale");
    await settle(desk.plan.preview(null));
    const size = desk.plan.value!.items.length;
    expect(await settle(desk.commitPlan())).toBe(false);
    expect(desk.receipts.notes).toEqual([]);
    expect(desk.plan.others).toBe(size - 3);
    await settle(desk.commitPlan(true));
    expect(desk.receipts.notes[0]!.receipt).toMatchObject({ asked: size, changed: size - 3, skipped: [{ reason: "plan_changed", count: 3 }] });
  });

  test("a day without work has no plan, and says so", async () => {
    await open("busy");
    await settle(desk.plan.preview("2026-11-27"));
    expect([desk.plan.value, desk.plan.error?.code]).toEqual([null, "no_working_day"]);
    await settle(desk.plan.step(2));
    expect(desk.plan.value!.day).toBe("2026-11-29");
  });
});

describe("automation", () => {
  test("it starts, sends, and what it does shows without asking", async () => {
    await open("busy");
    const before = desk.counts.lane("sent")!;
    await settle(desk.toggleAutomation());
    expect(desk.run.running).toBe(true);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(desk.counts.lane("sent")!).toBeGreaterThan(before);
    await settle(desk.toggleAutomation());
    await vi.advanceTimersByTimeAsync(2_000);
    expect(desk.run.active).toBe(false);
  });

  test("stop everything works while another act waits, and resume undoes it", async () => {
    await open("night");
    desk.acting = true;
    await settle(desk.stopEverything());
    expect(desk.paused).toBe(true);
    expect(stoppedLine(desk)).toContain("You stopped everything today at 22:10.");
    expect(automationBlocked(desk)).toBe("Everything is stopped. Resume sending first.");
    desk.acting = false;
    await settle(desk.resume());
    expect([desk.paused, desk.counts.value!.pause]).toEqual([false, null]);
  });

  test("another desk's stop is known, with who and why", async () => {
    await open("stopped");
    expect(desk.paused).toBe(true);
    expect(stoppedLine(desk)).toBe("Dana Levi stopped everything today at 14:12. Reason: Prices change at noon. No desk sends until somebody resumes.");
  });

  test("a database that went back to an earlier state says what is gone, what was put back and what to do", async () => {
    await open("wentback");
    expect(wentBack(desk)).toBe(true);
    expect(stoppedLine(desk)).toMatch(/^All sending was stopped today at .+compare with WhatsApp before you resume. 12 ledger rows that this desk saw are gone. 3 messages that went out from here were forgotten, and are back as proof.$/);
    expect(desk.feed.untended).toBe(false);
    await settle(desk.resume());
    expect(desk.paused).toBe(false);
  });

  test("who may not stop sending is told once that the database went back, and on a read replica why nothing can be done", async () => {
    await open("replica");
    expect([desk.feed.untended, lossLine(desk)]).toEqual([true, "12 ledger rows that this desk saw are gone."]);
    desk.feed.dismiss(desk.feed.value!.loss!.id);
    expect(desk.feed.untended).toBe(false);
    expect(desk.session.blocked).toBe("This is a read replica: connect to the primary to act.");
  });

  test("what may go this moment is the database's count, not a guess from the rows", async () => {
    await open("arriving");
    expect(desk.due).toBe(false);
    await vi.advanceTimersByTimeAsync(3_500);
    expect([desk.counts.value!.due, desk.due, jumpTo(desk)]).toEqual([12, true, null]);
  });

  test("the sample clock jumps to the next message, and only in a sample database", async () => {
    await open("night");
    expect(jumpTo(desk)).toBe(desk.counts.value!.next_at);
    await settle(desk.jump());
    expect(desk.session.zone.clock(desk.clock.now)).toBe("09:00");
    expect(jumpTo(desk)).toBe(null);
    desk.close();
    await open("live");
    expect(jumpTo(desk)).toBe(null);
  });
});

describe("what a database is for is unknown before it is set up", () => {
  test.each([
    ["empty", "none", "EMPTY"],
    ["notmigrated", "none", "NOT SET UP"],
    ["live", "production", "LIVE"],
    ["busy", "local", "LOCAL"],
  ])("%s", async (scenario, kind, word) => {
    await open(scenario);
    expect(desk.session.env).toEqual({ kind, word });
  });
});

describe("what cannot be done says why", () => {
  test.each([
    ["readonly", "This login may look, not act."],
    ["notmigrated", "The database is not set up yet. Ask your admin."],
  ])("%s", async (scenario, words) => {
    await open(scenario);
    expect(desk.session.blocked).toBe(words);
    expect(takeBlocked(desk)).toBe(words);
  });

  test("a lost connection is a band, and the numbers stay unknown instead of zero", async () => {
    await open("broken");
    expect([desk.lost, desk.counts.lane("queued"), desk.receipts.notes.length]).toEqual([true, null, 0]);
  });

  test("export: progress, a receipt, and a cancel that says no file was written", async () => {
    await open("busy");
    const done = desk.export();
    await vi.advanceTimersByTimeAsync(300);
    expect(desk.exporting.progress!.total).toBe(96);
    await settle(desk.exporting.cancel());
    expect(await done).toBe(null);
    expect(desk.receipts.notes.map((n) => [n.tone, n.error?.code])).toEqual([["warn", "cancelled"]]);
  });
});

test("a refresh of a very long list reads its start and what is in sight, keeps the rest, and loses or doubles no row", async () => {
  const server = Array.from({ length: 3_000 }, (_, n) => ({ id: `r${String(n).padStart(5, "0")}`, word: "old" }));
  let asked = 0;
  const list = new ListState<{ id: string; word: string }, object>({}, async (_filter, after, limit) => {
    asked++;
    const start = after ? server.findIndex((row) => row.id > after) : 0;
    const rows = start < 0 ? [] : server.slice(start, start + limit).map((row) => ({ ...row }));
    return { rows, next: rows.length === limit ? rows.at(-1)!.id : null };
  });
  await list.load();
  while (!list.complete) await list.more();
  expect(list.rows.length).toBe(3_000);

  list.sight = 2_130;
  server.splice(2_135, 1);
  server[2_140]!.word = "new";
  server[7]!.word = "new";
  server.splice(2_150, 0, { id: `${server[2_149]!.id}x`, word: "came" });
  server.unshift({ id: "a", word: "came" });
  asked = 0;
  await list.load();
  expect(asked).toBeLessThanOrEqual(FRESH / PAGE + 1);
  expect(list.rows.map((row) => row.id)).toEqual(server.map((row) => row.id));
  expect(list.rows.filter((row) => row.word !== "old").map((row) => row.id)).toEqual(server.filter((row) => row.word !== "old").map((row) => row.id));
  expect(list.complete).toBe(true);
});

test("a page that is asked for while a long list is refreshed loses no row", async () => {
  const server = Array.from({ length: 20_000 }, (_, n) => ({ id: `r${String(n).padStart(5, "0")}` }));
  const list = new ListState<{ id: string }, object>({}, async (_filter, after, limit) => {
    await Promise.resolve();
    const start = after ? server.findIndex((row) => row.id > after) : 0;
    const rows = start < 0 ? [] : server.slice(start, start + limit);
    return { rows, next: rows.length === limit ? rows.at(-1)!.id : null };
  });
  await list.load();
  // The page in sight is read last of a refresh: whenever the next page is asked for, it must not fall between.
  for (let ticks = 0; ticks < 60; ticks++) {
    list.sight = Math.max(0, list.rows.length - 150);
    const refresh = list.load();
    for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
    await Promise.all([list.more(), refresh]);
    if (list.rows.length < 1_200) await list.more();
  }
  while (!list.complete) await list.more();
  expect(list.rows.map((row) => row.id)).toEqual(server.map((row) => row.id));
});
