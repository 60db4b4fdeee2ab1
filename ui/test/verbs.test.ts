// The verbs on messages, people and pauses: what may be done where, what is asked for, what the receipt says.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { commands } from "../src/ipc/commands";
import { mockTransport } from "../src/ipc/mock";
import type { MessageRow } from "../src/ipc/bindings/MessageRow";
import type { Receipt } from "../src/ipc/bindings/Receipt";
import type { Transport } from "../src/ipc/transport";
import { addDays, Zone } from "../src/i18n/time";
import { Desk } from "../src/state/desk.svelte";
import { freeSeats } from "../src/state/operators.svelte";
import type { Note } from "../src/state/receipts.svelte";
import { able, optOutBlocked, verbBlocked, type MessageVerb } from "../src/views/verbs/can";
import { begin, setPriority } from "../src/views/verbs/open";
import { PRIORITIES, priorityWord } from "../src/views/verbs/priority";
import { answers, endOfDay, opensAt } from "../src/views/verbs/times";
import { whyActs } from "../src/views/verbs/why";
import { stoppedLine } from "../src/views/frame/stopped";
import { lineOf, titleOf } from "../src/views/receipt/sentence";

let desk: Desk;
let asked: [string, Record<string, unknown>][];
async function open(scenario: string, answers: Record<string, () => unknown> = {}): Promise<Desk> {
  const mock = mockTransport(scenario);
  asked = [];
  const transport: Transport = {
    ...mock,
    call: async <T>(command: string, args: Record<string, unknown> = {}) => {
      asked.push([command, args]);
      return answers[command] ? ((await answers[command]()) as T) : mock.call<T>(command, args);
    },
  };
  desk = new Desk(commands(transport));
  const opening = desk.open();
  await vi.advanceTimersByTimeAsync(50);
  await opening;
  return desk;
}
/** Timers are fake, so a call's answer needs them to move; what an act asks for is read again. */
async function settle<T>(promise?: Promise<T> | void): Promise<T | void> {
  await vi.advanceTimersByTimeAsync(800);
  return promise;
}
const choose = (...rows: MessageRow[]) => desk.messages.selection.take(new Set(rows.map(({ id }) => id)));
const inLane = (...lanes: string[]) => desk.messages.rows.filter(({ lane }) => lanes.includes(lane));
const byId = (id: string) => desk.messages.rows.find((row) => row.id === id)!;
const lastNote = () => desk.receipts.notes.at(-1)!;
const sent = (command: string) => asked.filter(([name]) => name === command).map(([, args]) => args);
const receipt = (part: Partial<Receipt>): Receipt => ({ action: "cancel", asked: 1, changed: 1, skipped: [], failed: [], receipt_id: "r", ledger_id: null, detail: {}, ...part });
const note = (part: Partial<Receipt>, of: Partial<Note> = {}): Note => ({ id: 1, tone: "ok", receipt: receipt(part), error: null, subject: null, about: null, said: null, undone: null, signed: null, undoable: false, life: null, ...of });

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 24, 20, 0) });
  location.hash = "";
});
afterEach(() => {
  desk?.close();
  vi.useRealTimers();
});

describe("what was chosen", () => {
  test("is what the verbs are about; without a choice, the row in focus", async () => {
    await open("busy");
    const [a, b, c] = desk.messages.rows as [MessageRow, MessageRow, MessageRow];
    expect(desk.targets).toEqual([a]);
    choose(c, b);
    expect(desk.targets).toEqual([b, c]);
    desk.messages.selection.clear();
    desk.route.go("leads");
    expect(desk.targets).toEqual([]);
  });

  test("survives a refresh, and loses what left the grid for good", async () => {
    await open("busy");
    await settle(desk.messages.narrow({ lane: "queued" }));
    const [a, b] = desk.messages.rows as [MessageRow, MessageRow];
    choose(a, b);
    await settle(desk.refresh());
    expect(desk.messages.selection.count).toBe(2);
    await settle(desk.take(a.lead_id!, null));
    expect([...desk.messages.selection.ids]).toEqual([b.id]);
  });

  test("is given up when the grid shows something else", async () => {
    await open("busy");
    choose(inLane("held")[0]!);
    await settle(desk.messages.narrow({ lane: "held" }));
    expect(desk.messages.selection.count).toBe(0);
  });
});

describe("where a verb can do something", () => {
  const CAN: Record<MessageVerb, string[]> = {
    cancel: ["queued", "held", "sending"], retry: ["failed"], reschedule: ["queued", "held"], priority: ["queued", "held"], assign: ["queued", "held"], settle: ["unknown"], adopt: [],
  };
  test.each(Object.entries(CAN))("%s", async (verb, lanes) => {
    await open("live");
    const first = ["queued", "held", "sending", "sent", "delivered", "failed", "unknown", "cancelled"].map((lane) => [lane, inLane(lane)[0]!] as const);
    for (const [lane, row] of first) expect([lane, verbBlocked(desk, verb as MessageVerb, [row]) === null]).toEqual([lane, lanes.includes(lane)]);
  });

  test("where not, the reason is in words", async () => {
    await open("busy");
    const why = (verb: MessageVerb, ...rows: MessageRow[]) => verbBlocked(desk, verb, rows);
    const cancelled = inLane("cancelled")[0]!;
    expect(why("retry", cancelled)).toBe("Dana Levi has this lead. Hand it back first.");
    expect(why("retry", { ...cancelled, owner_id: null, owner: null })).toBe(null);
    expect(why("retry", { ...cancelled, owner_id: null, reason: "opted_out" })).toBe("This person asked for no messages.");
    expect(why("retry", inLane("unknown")[0]!)).toBe("Its outcome is not known. Settle it first.");
    expect(why("cancel", inLane("failed")[0]!)).toBe("It failed. Retry puts it back in the queue.");
    expect(why("settle", inLane("sent")[0]!)).toBe("Its outcome is known: there is nothing to settle.");
    expect(why("reschedule", inLane("sent")[0]!, inLane("failed")[0]!)).toBe("None of the selected messages is in a state for this.");
    expect(why("cancel")).toBe("Choose a message first.");
    desk.close();
    await open("readonly");
    expect(verbBlocked(desk, "cancel", inLane("queued"))).toBe("This login may look, not act.");
  });

  test("every lane has its words", async () => {
    await open("live");
    for (const row of ["queued", "held", "sending", "sent", "delivered", "failed", "unknown", "cancelled"].map((lane) => inLane(lane)[0]!))
      for (const verb of ["cancel", "retry", "reschedule", "priority", "assign", "settle", "adopt"] as const) expect(verbBlocked(desk, verb, [row]) ?? "It can.").toMatch(/[a-z].*\.$/);
  });

  test("a refused verb asks nothing of the database and opens no dialog", async () => {
    await open("busy");
    choose(...inLane("sent"));
    for (const verb of ["cancel", "retry", "reschedule", "assign", "settle", "adopt"] as const) begin(desk, verb);
    setPriority(desk, 1);
    await settle();
    expect(desk.route.dialog).toBe(null);
    expect(asked.filter(([name]) => /_messages|set_priority|resolve/.test(name) && name !== "messages_page")).toEqual([]);
  });
});

describe("messages", () => {
  test("cancel asks for those that can be cancelled, ends the choice, and Undo queues them again", async () => {
    await open("busy");
    const rows = [...inLane("queued").slice(0, 2), inLane("sent")[0]!];
    choose(...rows);
    begin(desk, "cancel");
    expect([desk.route.dialog, desk.asked.length]).toEqual(["cancel", 3]);
    await settle(desk.verbs.cancel(able("cancel", desk.asked), "Wrong price list"));
    expect(sent("cancel_messages")).toEqual([{ ids: rows.slice(0, 2).map(({ id }) => id), reason: "Wrong price list" }]);
    expect([titleOf(lastNote()), lineOf(lastNote()), lastNote().undoable]).toEqual(["2 messages cancelled", "Asked 2", true]);
    expect([byId(rows[0]!.id).lane, desk.messages.selection.count]).toEqual(["cancelled", 0]);
    await settle(desk.undo(lastNote().id, lastNote().receipt!.receipt_id));
    expect([titleOf(lastNote()), byId(rows[0]!.id).lane]).toEqual(["2 messages queued again", "queued"]);
  });

  test("retry puts what failed back, and says why it left another alone", async () => {
    await open("busy");
    const failed = inLane("failed")[0]!;
    await settle(desk.verbs.retry([failed, inLane("unknown")[0]!]));
    expect([titleOf(lastNote()), lineOf(lastNote())]).toEqual(["1 message queued again", "Asked 2, skipped 1 (unknown outcome, not settled)"]);
    expect([byId(failed.id).lane, lastNote().undoable]).toEqual(["queued", false]);
  });

  test("reschedule names the time as it was chosen, and keeps the choice", async () => {
    await open("busy");
    const rows = inLane("queued").slice(0, 3);
    choose(...rows);
    await settle(desk.verbs.reschedule(rows, "2026-11-25T07:00:00.000Z", "Wed 25 Nov at 09:00"));
    expect(titleOf(lastNote())).toBe("3 messages rescheduled to Wed 25 Nov at 09:00");
    expect([byId(rows[0]!.id).scheduled_for, desk.messages.selection.count]).toEqual(["2026-11-25T07:00:00.000Z", 3]);
    await settle(desk.undo(lastNote().id, lastNote().receipt!.receipt_id));
    expect([titleOf(lastNote()), byId(rows[0]!.id).scheduled_for]).toEqual(["3 messages back at the earlier time", rows[0]!.scheduled_for]);
  });

  test("a time that is over is refused in the words of its code, and nothing is written", async () => {
    await open("busy");
    await settle(desk.verbs.reschedule(inLane("queued").slice(0, 1), "2026-11-24T07:00:00Z", "today at 09:00"));
    expect([titleOf(lastNote()), lineOf(lastNote()), lastNote().tone]).toEqual(["That was not understood", "That time is over. Nothing was written. Choose a time ahead.", "danger"]);
  });

  test("1 to 4 are urgent to low, and any other number has the nearest word", async () => {
    await open("busy");
    const row = inLane("queued")[0]!;
    for (const [index, { value }] of PRIORITIES.entries()) {
      setPriority(desk, index + 1, [row]);
      await settle();
      expect(byId(row.id).priority).toBe(value);
    }
    expect(sent("set_priority").map(({ priority }) => priority)).toEqual([10, 7, 5, 3]);
    expect(titleOf(lastNote())).toBe("Priority of 1 message: low");
    expect([10, 9, 8, 6, 5, 4, 3, 1].map(priorityWord)).toEqual(["Urgent", "Urgent", "High", "High", "Normal", "Normal", "Low", "Low"]);
  });

  test("assign moves them, and what the receiver has no room for is skipped", async () => {
    await open("busy");
    await settle(desk.operators.load());
    const [amir, yoni] = ["Amir Haddad", "Yoni Segal"].map((name) => desk.operators.active!.find((operator) => operator.name === name)!);
    const row = inLane("queued").find(({ operator }) => operator === "Noa Shalev")!;
    await settle(desk.verbs.assign([row], amir!));
    expect([titleOf(lastNote()).replace(/[\u2068\u2069]/g, ""), byId(row.id).operator]).toEqual(["1 message assigned to Amir Haddad", "Amir Haddad"]);
    await settle(desk.verbs.assign([row], amir!));
    expect([lastNote().tone, titleOf(lastNote()), lineOf(lastNote())]).toEqual(["warn", "Nothing changed", "Asked 1, skipped 1 (theirs already)"]);
    await settle(desk.verbs.assign([row], yoni!));
    expect(lineOf(lastNote())).toContain("over the day’s capacity");
  });

  test("free seats are what is left of the day; no capacity is no limit", () => {
    const row = { user_id: "a", name: "A", active: true, logins: [], used_today: 104, capacity_today: 180, waiting: 12 };
    expect([freeSeats(row), freeSeats({ ...row, waiting: 99 }), freeSeats({ ...row, capacity_today: null })]).toEqual([64, 0, null]);
  });

  test("an unknown outcome is settled as what a person says, for good", async () => {
    await open("busy");
    const [a, b] = inLane("unknown") as [MessageRow, MessageRow];
    await settle(desk.verbs.settle([a], "sent", "Seen in the chat"));
    expect(sent("resolve_unknown")[0]).toEqual({ ids: [a.id], outcome: "sent", note: "Seen in the chat" });
    expect([titleOf(lastNote()), lastNote().undoable, byId(a.id).lane]).toEqual(["1 message settled as sent", false, "sent"]);
    await settle(desk.verbs.settle([b], "not_sent", null));
    expect([titleOf(lastNote()), lineOf(lastNote())]).toEqual(["1 message settled as not sent", "Asked 1, retry can queue it again"]);
    expect([byId(b.id).lane, byId(b.id).reason, verbBlocked(desk, "retry", [byId(b.id)])]).toEqual(["failed", "resolved_not_sent", null]);
  });

  test("another program's messages go once they are adopted, all of mine or those that were chosen", async () => {
    await open("foreign");
    const foreign = desk.messages.rows.filter(({ reason }) => reason === "not_adopted");
    expect(foreign.length).toBe(12);
    await settle(desk.verbs.adopt(foreign.slice(0, 2)));
    await settle(desk.verbs.adopt(null));
    expect(sent("adopt_messages").map(({ ids }) => (ids as string[] | null)?.length ?? null)).toEqual([2, null]);
    expect([titleOf(lastNote()), desk.counts.value!.due]).toEqual(["10 messages adopted", 12]);
    await settle(desk.undo(lastNote().id, lastNote().receipt!.receipt_id));
    expect([titleOf(lastNote()), desk.counts.value!.due]).toEqual(["10 messages not adopted any more", 2]);
  });
});

describe("people", () => {
  test("an opt-out cancels what waits, names the person, and can be undone", async () => {
    await open("busy");
    const row = inLane("queued")[0]!;
    await settle(desk.verbs.optOut(row.lead_id!, row.lead_name, null));
    expect([titleOf(lastNote()), lineOf(lastNote())]).toEqual([`\u2068${row.lead_name}\u2069 is opted out`, "1 message cancelled"]);
    expect(byId(row.id)).toMatchObject({ lane: "cancelled", reason: "opted_out" });
    desk.messages.focusId = row.id;
    expect(optOutBlocked(desk)).toBe("This person asked for no messages.");
    await settle(desk.undo(lastNote().id, lastNote().receipt!.receipt_id, row.lead_name));
    expect([titleOf(lastNote()), lineOf(lastNote()), byId(row.id).lane]).toEqual(["The opt-out is undone", "", "queued"]);
  });

  test("twice changes nothing, and says so", async () => {
    await open("busy");
    const row = inLane("queued")[0]!;
    await settle(desk.verbs.optOut(row.lead_id!, row.lead_name, null));
    await settle(desk.verbs.optOut(row.lead_id!, row.lead_name, null));
    expect([lastNote().tone, lineOf(lastNote())]).toEqual(["warn", "Skipped 1 (opted out already)"]);
  });

  test("an operator is added by user id, and deactivated", async () => {
    await open("busy");
    await settle(desk.verbs.addOperator("00000000-0000-4000-8000-00000000a009", "Gil Adler", "desk_gil", false, true));
    expect(sent("operator_add")[0]).toEqual({ userId: "00000000-0000-4000-8000-00000000a009", name: "Gil Adler", login: "desk_gil", admin: false, runner: true });
    expect(titleOf(lastNote())).toBe("\u2068Gil Adler\u2069 is an operator");
    await settle(desk.operators.load());
    expect(desk.operators.active!.some(({ name }) => name === "Gil Adler")).toBe(true);
    await settle(desk.verbs.deactivateOperator("00000000-0000-4000-8000-00000000a009", "Gil Adler"));
    await settle(desk.operators.load());
    expect(desk.operators.active!.some(({ name }) => name === "Gil Adler")).toBe(false);
    expect(titleOf(lastNote())).toBe("\u2068Gil Adler\u2069 is not active any more");
  });
});

describe("pauses", () => {
  const stop = { scope: "operator" as const, subject: "00000000-0000-4000-8000-00000000a002", until: "2026-11-24T13:32:00.000Z", reason: null };

  test("hold what they are about and nothing else, and are lifted one by one", async () => {
    await open("busy");
    desk.route.go("automation");
    await settle(desk.verbs.pause(stop, null, "Amir Haddad"));
    expect([titleOf(lastNote()), lastNote().undoable]).toEqual(["Paused: \u2068Amir Haddad\u2069", true]);
    expect([desk.paused, desk.pauses.value!.map(({ subject_name }) => subject_name)]).toEqual([false, ["Amir Haddad"]]);
    await settle(desk.messages.load());
    const waiting = desk.messages.rows.filter(({ lane }) => lane === "queued" || lane === "held");
    expect(waiting.filter(({ operator }) => operator === "Amir Haddad").every(({ reason }) => reason === "paused")).toBe(true);
    expect(waiting.some(({ operator, reason }) => operator !== "Amir Haddad" && reason !== "paused")).toBe(true);
    await settle(desk.verbs.pause(stop, null, "Amir Haddad"));
    expect(lineOf(lastNote())).toBe("Skipped 1 (already paused)");
    await settle(desk.verbs.lift(desk.pauses.value![0]!));
    expect([titleOf(lastNote()), desk.pauses.value]).toEqual(["The pause is lifted: \u2068Amir Haddad\u2069", []]);
    // Lifting is the opposite of pausing: the note of the pause, and its Undo, are over.
    expect(desk.receipts.notes.map((n) => n.receipt!.action)).toEqual(["resume"]);
  });

  test("a pause of everyone is the stop of everything, and says until when", async () => {
    await open("busy");
    await settle(desk.verbs.pause({ scope: "all", subject: null, until: "2026-11-24T13:32:00.000Z", reason: "Price list" }, null, null));
    expect([titleOf(lastNote()), desk.paused, stoppedLine(desk)]).toEqual(["All sending is paused", true, expect.stringMatching(/^You stopped everything .+ Reason: Price list. No desk sends until today at 15:32.$/)]);
    await settle(desk.resume());
    expect([titleOf(lastNote()), desk.paused]).toEqual(["Sending is resumed", false]);
  });

  test("a lead that is paused is a name that privacy mode hides", async () => {
    await open("busy");
    const row = inLane("queued")[0]!;
    await settle(desk.verbs.pause({ scope: "lead", subject: row.lead_id!, until: null, reason: null }, row.lead_name, null));
    expect([lastNote().subject, lastNote().said]).toEqual([row.lead_name, null]);
    await settle(desk.pauses.load());
    await settle(desk.verbs.lift(desk.pauses.value![0]!));
    expect([lastNote().subject, lastNote().said]).toEqual([row.lead_name, null]);
  });

  test("are unknown when they cannot be read, and the rest of the screen is not", async () => {
    await open("busy", { pauses: () => Promise.reject({ code: "no_permission", message: "No.", retryable: false }) });
    desk.route.go("automation");
    await settle(desk.refresh());
    expect([desk.pauses.value, desk.pauses.error?.code, desk.lost, desk.refreshedAt !== null]).toEqual([null, "no_permission", false, true]);
  });
});

describe("the card of the peek offers what would change it", () => {
  const words = (row: MessageRow) => whyActs(desk, row).map(({ word }) => word);
  const held = (reason: string) => ({ ...inLane("held")[0]!, reason, operator: "Noa Shalev" });

  test("for each lane and reason", async () => {
    await open("live");
    expect(words(inLane("unknown")[0]!)).toEqual(["Settle…"]);
    expect(words(inLane("failed")[0]!)).toEqual(["Retry"]);
    expect(words(inLane("sent")[0]!)).toEqual([]);
    expect(words(inLane("cancelled")[0]!)).toEqual([]);
    expect(words(held("outside_hours"))).toEqual(["Reschedule…"]);
    expect(words(held("not_adopted"))).toEqual(["Adopt"]);
    expect(words(held("paused"))).toEqual(["See the pauses"]);
    expect(words(held("unknown_open"))).toEqual(["Show the earlier message"]);
  });

  test("a full day moves to who has the most room, where it is known who that is", async () => {
    await open("live");
    const row = held("day_cap");
    const [move, later] = whyActs(desk, row);
    const free = Math.max(...desk.counts.value!.operators.filter(({ name }) => name !== "Noa Shalev").map(({ cap, used, planned }) => cap - used - planned));
    expect([move!.word, later!.word]).toEqual([expect.stringContaining(`, ${free} free`), "Reschedule…"]);
    move!.onpick();
    await settle();
    expect(sent("assign_messages")[0]!.ids).toEqual([row.id]);
    desk.close();
    await open("busy");
    expect(words(held("day_cap"))).toEqual(["Assign…", "Reschedule…"]);
  });

  test("while everything is stopped, resuming is what would", async () => {
    await open("stopped");
    expect(words(inLane("held")[0]!)).toEqual(["Resume sending"]);
  });

  test("it is about its own row, whatever was chosen in the grid", async () => {
    await open("busy");
    choose(...inLane("queued"));
    const row = inLane("unknown")[0]!;
    whyActs(desk, row)[0]!.onpick();
    expect([desk.route.dialog, desk.asked]).toEqual(["settle", [row]]);
  });
});

describe("times", () => {
  const zone = new Zone("Asia/Jerusalem");
  const now = Date.UTC(2026, 10, 24, 12, 32, 20);

  test("the quick answers are in the operator's zone, and the evening only while it is ahead", () => {
    expect(answers(zone, now, null).map(({ word, at }) => [word, zone.long(at, now)])).toEqual([
      ["In 1 hour", "today at 15:33"],
      ["This evening, 18:00", "today at 18:00"],
      ["Tomorrow, 09:00", "Wed 25 Nov at 09:00"],
    ]);
    expect(answers(zone, now + 4 * 3_600_000, 8 * 60 + 30).map(({ word }) => word)).toEqual(["In 1 hour", "Tomorrow at opening, 08:30"]);
  });

  test("when the day opens is taken from what waits for another day, not from the end of a break", async () => {
    await open("night");
    const at = (next_at: string) => (desk.counts.value = { ...desk.counts.value!, held: [{ reason: "outside_hours", count: 1, next_at }] });
    at("2026-11-25T06:30:00Z");
    expect(opensAt(desk)).toBe(8 * 60 + 30);
    at("2026-11-24T21:00:00Z");
    expect(opensAt(desk)).toBe(null);
  });

  test("a day and a time are read as the operator wrote them", () => {
    const read = (day: string, clock: string) => { const at = zone.read(day, clock); return at && new Date(at).toISOString(); };
    expect(["09:00", "9:00", "9", "0900", "9.00"].map((clock) => read("2026-11-25", clock))).toEqual(Array(5).fill("2026-11-25T07:00:00.000Z"));
    expect([read("2026-11-25", "24:00"), read("2026-11-25", "9:75"), read("2026-11-25", ""), read("tomorrow", "09:00"), read("", "09:00")]).toEqual([null, null, null, null, null]);
  });

  test("an hour that the clock jumps over or has twice is one moment, and the day's end is found", () => {
    // Israel: forward on Friday 27 March 2026 at 02:00, back on Sunday 25 October at 02:00.
    const at = (day: string, minutes: number) => new Date(zone.instant(day, minutes)!).toISOString();
    expect(at("2026-03-27", 60)).toBe("2026-03-26T23:00:00.000Z");
    expect(zone.clock(at("2026-03-27", 150))).toMatch(/^0[13]:30$/);
    expect(at("2026-03-27", 4 * 60)).toBe("2026-03-27T01:00:00.000Z");
    expect(zone.clock(at("2026-10-25", 90))).toBe("01:30");
    expect(at("2026-10-25", 4 * 60)).toBe("2026-10-25T02:00:00.000Z");
    for (const name of ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"]) {
      const other = new Zone(name);
      for (let day = "2026-01-01"; day < "2027-01-01"; day = addDays(day, 1)) expect([other.day(other.instant(day, 540)!), other.clock(other.instant(day, 540)!)]).toEqual([day, "09:00"]);
    }
    expect(new Date(endOfDay(zone, now)).toISOString()).toBe("2026-11-24T22:00:00.000Z");
  });
});

describe("receipts of the verbs", () => {
  const ACTIONS = ["cancel", "retry", "reschedule", "set_priority", "assign", "resolve", "opt_out", "adopt", "pause", "operator_add", "operator_deactivate"];

  test.each(ACTIONS)("%s: something changed has a sentence of its own, nothing changed is amber", async (action) => {
    const title = titleOf(note({ action, changed: 2, asked: 2 }));
    expect(title).not.toContain("changed: 2");
    expect(title).not.toContain("_");
    expect(titleOf(note({ action, changed: 0, skipped: [{ reason: "no_access", count: 1 }] }))).toBe("Nothing changed");
    await open("night");
    desk.receipts.add(receipt({ action, changed: 0, skipped: [{ reason: "no_access", count: 1 }] }));
    expect([lastNote().tone, lastNote().life]).toEqual(["warn", null]);
  });

  test.each(ACTIONS)("%s: Undo is offered where the receipt says that it is accepted, and nowhere else", async (action) => {
    await open("night");
    desk.receipts.add(receipt({ action, detail: { undoable: true } }));
    expect(lastNote().undoable).toBe(true);
    desk.receipts.add(receipt({ action, detail: {} }));
    expect(lastNote().undoable).toBe(false);
    desk.receipts.add(receipt({ action, changed: 0, detail: { undoable: true } }));
    expect(lastNote().undoable).toBe(false);
  });

  test("several reasons are named with their numbers, most first; many are cut", () => {
    const skipped = (...reasons: string[]) => reasons.map((reason, n) => ({ reason, count: n + 1 }));
    expect(lineOf(note({ asked: 8, changed: 2, skipped: skipped("on_the_wire", "already_sent", "not_found") }))).toBe("Asked 8, skipped 6 (3 not there any more, 2 already sent, 1 on the wire)");
    expect(lineOf(note({ asked: 12, changed: 2, skipped: skipped("on_the_wire", "already_sent", "not_found", "no_access") }))).toBe("Asked 12, skipped 10 (4 no access, 3 not there any more, 3 for other reasons)");
  });
});
