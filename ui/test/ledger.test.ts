// The ledger's place, the page of a receipt, and the page of a lead.
import { cleanup, render, screen, within } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import App from "../src/App.svelte";
import { commands } from "../src/ipc/commands";
import { mockTransport } from "../src/ipc/mock";
import type { Receipt } from "../src/ipc/bindings/Receipt";
import type { Transport } from "../src/ipc/transport";
import { Desk } from "../src/state/desk.svelte";
import { LookState } from "../src/state/look.svelte";
import { changeSentence, receiptSentence } from "../src/views/ledger/sentence";
import { problemWords } from "../src/views/ledger/problem";
import { freshPage, pass, press } from "./page";

freshPage();

let desk: Desk;
let look: LookState;
async function open(scenario = "busy", answers: Record<string, () => unknown> = {}) {
  const mock = mockTransport(scenario);
  const transport: Transport = { ...mock, call: async <T>(command: string, args?: Record<string, unknown>) => (answers[command] ? ((await answers[command]()) as T) : mock.call<T>(command, args)) };
  desk = new Desk(commands(transport));
  look = new LookState("light");
  render(App, { desk, look });
  void desk.open();
  await pass(100);
}
async function goLedger() {
  await press("KeyG");
  await press("KeyE");
}
async function click(name: string | RegExp) {
  screen.getByRole("button", { name }).click();
  await pass(300);
}
const rows = () => screen.getAllByRole("row").slice(1);
const status = () => document.querySelector(".window > footer")!.textContent!;
const dialog = () => document.querySelector("dialog")!;

beforeEach(() => {
  window.innerWidth = 1280;
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) { this.open = true; };
  HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) { this.open = false; };
});
afterEach(() => {
  desk.close();
});

describe("the ledger", () => {
  test("G E opens it with the acts, newest first, in the words of their buttons; zero changed is amber and says why", async () => {
    await open();
    await goLedger();
    expect(location.hash).toBe("#/ledger");
    expect(rows()[0]!.textContent).toContain("Take lead: nothing changed");
    expect(rows()[0]!.textContent).toMatch(/Dana Levi.*has it/);
    expect(rows()[0]!.querySelector(".shape")!.className).toContain("tone-warn");
    expect(rows()[1]!.textContent).toContain("20 messages queued for Tue 24 Nov");
    const times = desk.ledger.rows.map((row) => row.at);
    expect(times).toEqual([...times].sort().reverse());
    expect(document.body.textContent).not.toMatch(/Dana Levi is yours|is yours/);
  });

  test("kinds narrow and a second press takes it back; what another program did says so", async () => {
    await open();
    await goLedger();
    await click("Other programs");
    expect(rows().length).toBeGreaterThan(0);
    expect(rows().every((row) => row.textContent!.includes("Another program"))).toBe(true);
    expect(rows()[0]!.textContent).toContain("Message: queued, now sending");
    await click("Other programs");
    expect(desk.ledger.filtered).toBe(false);
  });

  test("verify says how far it is, then that it is intact, with its age in the status bar", async () => {
    await open();
    expect(status()).toContain("Ledger not verified");
    await goLedger();
    screen.getByRole("button", { name: "Verify" }).click();
    await pass(100);
    expect(status()).toContain("Verifying the ledger");
    expect(document.querySelector(".seal")!.textContent).toMatch(/\d+ of \d+ rows/);
    await pass(2000);
    expect(document.querySelector(".seal")!.textContent).toMatch(/rows are as written/);
    expect(document.querySelector(".seal .shape")!.className).toContain("tone-ok");
    await pass(120_000);
    expect(status()).toMatch(/Ledger verified 2 min ago/);
  });

  test("a verification that is stopped says nothing new, and one that fails leaves it not known, never green", async () => {
    let fails = false;
    await open("busy", { ledger_verify_cancel: () => Promise.resolve() });
    await goLedger();
    screen.getByRole("button", { name: "Verify" }).click();
    await pass(100);
    await click("Stop");
    await pass(3000);
    cleanup();
    desk.close();
    await open("busy", { ledger_verify: () => Promise.reject(fails ? { code: "file_failed", message: "What this desk remembers cannot be read.", retryable: false } : { code: "cancelled", message: "x", retryable: false }) });
    await goLedger();
    await click("Verify");
    expect(desk.ledger.trust).toBe("never");
    fails = true;
    await click("Verify");
    expect(screen.getByText("It is not known whether the ledger is intact")).toBeTruthy();
    expect(status()).toContain("Ledger not known");
    expect(document.querySelector(".seal .tone-ok")).toBeNull();
  });

  test("a ledger that was tampered with says where, in words, everywhere", async () => {
    await open("tampered");
    await goLedger();
    await click("Verify");
    await pass(2000);
    const alert = screen.getByRole("alert").textContent!;
    expect(alert).toContain("The ledger is not intact: 3 places");
    expect(alert).toContain("Seal 77, row 20076: the sealed row was deleted");
    expect(alert).toContain("the end that this desk saw before was cut off");
    expect(status()).toContain("Ledger NOT intact");
    expect(within(screen.getByRole("navigation")).getByLabelText("Ledger NOT intact")).toBeTruthy();
    expect(document.querySelector(".gaps")!.textContent).toContain("2 changes could not be written here");
  });

  test("every way to tamper and every change of state has words", () => {
    for (const what of ["changed", "deleted", "missing_seal", "inserted_behind", "cut", "rewritten", "unknown_version"] as const) expect(problemWords({ seq: 3, ledger_id: null, what })).toMatch(/^Seal 3: ./);
    expect(changeSentence({ entity: "message", action: "prepare", from_state: null, to_state: "queued" })).toBe("Message is queued");
    expect(changeSentence({ entity: "gate", action: "take", from_state: "free", to_state: "taken" })).toBe("Lead taken");
    expect(changeSentence({ entity: "pause", entity_id: "all", action: "stop", from_state: "running", to_state: "paused" })).toBe("All sending paused");
    expect(changeSentence({ entity: "pause", entity_id: "11111111-1111-4111-8111-111111111111", action: "pause", from_state: "running", to_state: "paused" })).toBe("A pause began");
    expect(changeSentence({ entity: "message", action: "reschedule", from_state: null, to_state: null })).toBe("Message: reschedule");
    expect(changeSentence({ entity: "delivery", action: "resolve", from_state: "unknown", to_state: "not_sent" })).toBe("Attempt: unknown, now not sent");
    expect(changeSentence({ entity: "operator", action: "operator_add", from_state: "active", to_state: "active" })).toBe("Operator is active");
    expect(changeSentence({ entity: "opt_out", action: "undo", from_state: "opted_out", to_state: "withdrawn" })).toBe("The opt-out is undone");
    expect(changeSentence({ entity: "template", action: "publish", from_state: null, to_state: null })).toBe("Template: publish");
  });
});

describe("a receipt's page", () => {
  test("Enter opens it: totals, rows, ledger range, how many an undo takes back; the rows are a filter of the ledger", async () => {
    await open();
    await goLedger();
    await press("ArrowDown");
    await press("End");
    await press("Enter");
    expect(dialog().textContent).toContain("20 messages queued for Tue 24 Nov");
    expect(dialog().textContent).toContain("Message: new, queued");
    expect(dialog().textContent).toContain("#19980 … #20000");
    expect(dialog().textContent).toContain("15 rows can still be undone.");
    expect(within(dialog()).getByRole("button", { name: "Undo 15" })).toBeTruthy();
    within(dialog()).getByRole("button", { name: "Show the rows" }).click();
    await pass(300);
    expect(document.querySelector("dialog")).toBeNull();
    expect(desk.ledger.filter).toMatchObject({ kind: "change", receipt: expect.any(String) });
  });

  test("somebody else's act is looked at, not undone", async () => {
    await open();
    await goLedger();
    await press("ArrowDown");
    await press("Enter");
    expect(dialog().textContent).toContain("Only who did it, or an admin, may undo it.");
    expect(within(dialog()).queryByRole("button", { name: /^Undo/ })).toBeNull();
  });
});

describe("a lead's page", () => {
  async function goLead() {
    await press("KeyG");
    await press("KeyL");
    await press("Enter");
    await pass(300);
  }

  test("Enter on a lead opens it, Escape goes back, the address survives a reload", async () => {
    await open();
    await goLead();
    expect(location.hash).toMatch(/^#\/lead\/[0-9a-f-]{36}$/);
    expect(screen.getByRole("heading", { level: 1 }).textContent).toContain("Maya Rotem");
    expect(screen.getByText("Added to the CRM")).toBeTruthy();
    await press("Escape");
    expect(location.hash).toBe("#/leads");
  });

  test("take from the page: the band says who has it, and the act is the newest event", async () => {
    await open();
    await goLead();
    await press("KeyT");
    await pass(500);
    expect(document.querySelector(".band")!.textContent).toMatch(/You have this lead since 14:3\d\. No automated message/);
    expect(document.querySelector("ol li")!.textContent).toContain("Noa Shalev took this lead");
    await press("KeyR");
    expect(desk.route.dialog).toBe("handback");
  });

  test("a race that was lost names the winner on the band, without an error", async () => {
    await open();
    await goLead();
    const id = desk.route.leadId!;
    const receipt = { action: "take", asked: 1, changed: 0, skipped: [{ reason: "taken_by", count: 1 }], failed: [], receipt_id: "00000000-0000-4000-8000-000000000001", ledger_id: "1", detail: { owner_name: "Amir Haddad" } };
    desk.receipts.add(receipt as never, { subject: "Maya Rotem", about: id });
    desk.lead.value = { ...desk.lead.value!, lead: { ...desk.lead.value!.lead, owner: "Amir Haddad", owner_id: "00000000-0000-4000-8000-00000000a002", owner_is_me: false } };
    await tick();
    expect(document.querySelector(".band")!.textContent).toContain("Amir Haddad was faster.");
    expect(document.querySelector(".band")!.className).toContain("tone-warn");
  });

  test("kinds narrow the time, privacy hides name, phone and texts", async () => {
    await open("live");
    await goLead();
    expect(document.querySelector(".bubble")).not.toBeNull();
    screen.getByRole("radio", { name: "People" }).click();
    await pass(300);
    expect(desk.lead.time.rows.every((row) => row.kind === "people")).toBe(true);
    screen.getByRole("radio", { name: "Everything" }).click();
    await pass(300);
    look.togglePrivate();
    await tick();
    const main = document.querySelector("main")!.textContent!;
    expect(main).not.toContain("Maya");
    expect(main).not.toContain("+972");
    expect(document.querySelector(".bubble")!.textContent).toBe("");
  });

  test("a lead that is not there says so, and nobody takes one for the other", async () => {
    await open();
    await goLead();
    desk.route.openLead("00000000-0000-4000-8000-0000ffffffff");
    await pass(500);
    expect(screen.getByRole("heading", { name: "There is no such lead" })).toBeTruthy();
    expect(desk.subject).toBeNull();
  });
});

describe("a receipt in the ledger", () => {
  const receipt = (action: string, detail: Receipt["detail"]): Receipt => ({ action, asked: 1, changed: 1, skipped: [], failed: [], receipt_id: "11111111-1111-4111-8111-111111111111", ledger_id: "1", detail });
  test("says which verb an undo took back, with nobody's toast to tell it", () => {
    expect(receiptSentence(receipt("undo", { undone_action: "cancel" }), null)).toBe("1 message queued again");
    expect(receiptSentence(receipt("undo", { undone_action: "opt_out", lead_id: "x" }), null)).toBe("The opt-out is undone");
    expect(receiptSentence(receipt("undo", { undone_action: "take", lead_id: "x" }), "Dana")).toContain("handed back");
  });
  test("does not call the pause of one lead a pause of everybody", () => {
    expect(receiptSentence(receipt("pause", { scope: "lead", subject: "x" }), null)).toBe("Paused: lead");
    expect(receiptSentence(receipt("resume", { scope: "lead", subject: "x" }), null)).toBe("The pause is lifted: lead");
    expect(receiptSentence(receipt("resume", { scope: "all", subject: null }), null)).toBe("Sending is resumed");
  });
});
