// The verbs on the screen: choosing rows, the bar, menus, dialogs, by key and by hand.
import { cleanup, render, screen, within } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import App from "../src/App.svelte";
import Announce from "../src/components/Announce.svelte";
import Menu from "../src/components/Menu.svelte";
import { commands } from "../src/ipc/commands";
import { mockTransport } from "../src/ipc/mock";
import { Desk } from "../src/state/desk.svelte";
import { LookState } from "../src/state/look.svelte";

let desk: Desk | undefined;
async function open(scenario: string): Promise<Desk> {
  desk = new Desk(commands(mockTransport(scenario)));
  render(App, { desk, look: new LookState("light") });
  void desk.open();
  await pass(100);
  return desk;
}
async function pass(ms: number) {
  await vi.advanceTimersByTimeAsync(ms);
  await tick();
}
async function press(code: string, init: KeyboardEventInit = {}) {
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { code, key: code, bubbles: true, cancelable: true, ...init }));
  await pass(400);
}
const SHIFT = { shiftKey: true };
const dialog = () => within(screen.getByRole("dialog", { hidden: true }));
const button = (name: string | RegExp, root = within(document.body)) => root.getByRole("button", { name, hidden: true });
const click = async (element: HTMLElement) => {
  element.click();
  await pass(400);
};
async function write(label: string, text: string) {
  const field = dialog().getByLabelText(label) as HTMLInputElement;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await pass(50);
}
const bar = () => within(screen.getByRole("group", { name: "Chosen messages" }));
const chosen = () => screen.getAllByRole("row", { selected: true }).map((row) => row.getAttribute("aria-rowindex"));
const said = () => [...document.querySelectorAll('[aria-live="polite"]')].map((region) => region.textContent).join(" ");
const title = () => dialog().getByRole("heading", { level: 2, hidden: true }).textContent;
const toast = () => desk!.receipts.notes.at(-1)!;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 24, 20, 0) });
  location.hash = "";
  localStorage.clear();
  window.innerWidth = 1280;
  // Ten rows in sight.
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get(this: HTMLElement) { return this.getAttribute("role") === "grid" ? 348 : 0; } });
});
afterEach(() => {
  delete (HTMLElement.prototype as { clientHeight?: number }).clientHeight;
  desk?.close();
  desk = undefined;
  cleanup();
  vi.useRealTimers();
});

describe("choosing messages", () => {
  test("X, Shift and the arrows: the bar takes the filter's place, and what was chosen is heard", async () => {
    await open("busy");
    expect(screen.getByRole("grid").getAttribute("aria-multiselectable")).toBe("true");
    await press("KeyX");
    await press("ArrowDown", SHIFT);
    await press("ArrowDown", SHIFT);
    await press("ArrowUp", SHIFT);
    expect(chosen()).toEqual(["2", "3"]);
    expect(screen.queryByRole("search")).toBe(null);
    expect(bar().getByText("2 selected")).toBeTruthy();
    await pass(5_000);
    expect(said()).toContain("2 selected");
  });

  test("Ctrl A is what is in sight, again is all; Escape lets go, and only then closes the peek", async () => {
    const desk = await open("busy");
    await press("KeyA", { ctrlKey: true });
    expect(desk.messages.selection.count).toBe(10);
    await press("KeyA", { metaKey: true });
    expect([desk.messages.selection.count, desk.messages.rows.length]).toEqual([96, 96]);
    await press("Escape");
    expect([desk.messages.selection.count, desk.messages.peek, screen.queryByRole("search") !== null]).toEqual([0, true, true]);
    await press("Escape");
    expect(desk.messages.peek).toBe(false);
  });

  test("by hand: a checkbox, Shift and Ctrl with a click, the head's checkbox", async () => {
    const desk = await open("busy");
    const row = (index: number) => document.querySelector<HTMLElement>(`[aria-rowindex="${index + 2}"]`)!;
    const mouse = async (element: Element, init: MouseEventInit = {}) => {
      element.dispatchEvent(new MouseEvent("click", { bubbles: true, ...init }));
      await pass(100);
    };
    await press("Space");
    await mouse(row(3).querySelector(".check")!);
    expect([chosen(), desk.messages.peek, desk.messages.focusId]).toEqual([["5"], false, desk.messages.rows[3]!.id]);
    await mouse(row(6), SHIFT);
    await mouse(row(4), { ctrlKey: true });
    expect(chosen()).toEqual(["5", "7", "8"]);
    const head = screen.getByRole("checkbox", { name: "Select what is in sight" });
    expect(head.getAttribute("aria-checked")).toBe("mixed");
    await mouse(head);
    await mouse(head);
    expect([desk.messages.selection.count, head.getAttribute("aria-checked"), head.getAttribute("aria-label")]).toEqual([96, "true", "Select none"]);
    await mouse(head);
    expect(desk.messages.selection.count).toBe(0);
    await mouse(row(2));
    expect([desk.messages.selection.count, desk.messages.peek]).toEqual([0, true]);
  });

  test("a single click elsewhere moves the focus and keeps the choice", async () => {
    const desk = await open("busy");
    await press("KeyX");
    await press("ArrowDown");
    expect([chosen(), desk.messages.focusId]).toEqual([["2"], desk.messages.rows[1]!.id]);
  });

  test("leads and jobs cannot be chosen", async () => {
    const desk = await open("busy");
    for (const [key, list] of [["KeyL", desk.leads], ["KeyJ", desk.jobs]] as const) {
      await press("KeyG");
      await press(key);
      await press("KeyX");
      await press("KeyA", { ctrlKey: true });
      expect([list.selection.count, screen.getByRole("grid").getAttribute("aria-multiselectable")]).toEqual([0, null]);
    }
  });

  test("the bar counts on how many a verb would do something, and says why where on none", async () => {
    await open("busy");
    await press("KeyX");
    for (let n = 0; n < 3; n++) await press("ArrowDown", SHIFT);
    expect(button("Reschedule 2", bar())).toBeTruthy();
    expect(button("Cancel 4", bar())).toBeTruthy();
    const retry = button("Retry", bar());
    expect([retry.getAttribute("aria-disabled"), retry.dataset.tip]).toEqual(["true", "None of the selected messages is in a state for this."]);
    await click(button("Select all 96", bar()));
    expect(bar().getByText("96 selected")).toBeTruthy();
    window.innerWidth = 1600;
    window.dispatchEvent(new Event("resize"));
    await pass(50);
    expect(button("Settle 2 of 96", bar())).toBeTruthy();
    window.innerWidth = 1280;
    window.dispatchEvent(new Event("resize"));
    await pass(50);
    expect(button(/^Retry \d$/, bar())).toBeTruthy();
    expect(button("Settle 2", bar())).toBeTruthy();
  });

  test("at most once in five seconds, and always the latest, is said", async () => {
    const view = render(Announce, { text: "" });
    const region = view.container.querySelector('[aria-live="polite"]')!;
    await view.rerender({ text: "1 selected" });
    await pass(10);
    expect(region.textContent).toBe("1 selected");
    for (const text of ["2 selected", "3 selected", "4 selected"]) {
      await view.rerender({ text });
      await pass(1_000);
    }
    expect(region.textContent).toBe("1 selected");
    await pass(2_500);
    expect(region.textContent).toBe("4 selected");
  });
});

describe("a menu", () => {
  const items = () => {
    const picked: string[] = [];
    const item = (id: string, blocked: string | null = null) => ({ id, word: id, blocked, onpick: () => picked.push(id) });
    render(Menu, { label: "Priority", word: "Priority", items: [item("Urgent"), item("High", "Not now."), item("Low")] });
    return picked;
  };
  const opener = () => screen.getByRole("button", { name: "Priority" });
  const at = () => document.activeElement!.textContent!.trim();

  test("opens on its first entry, walks round, picks, and gives the focus back", async () => {
    const picked = items();
    opener().focus();
    await press("ArrowDown");
    expect([opener().getAttribute("aria-expanded"), screen.getByRole("menu").getAttribute("aria-label"), at()]).toEqual(["true", "Priority", "Urgent"]);
    await press("ArrowUp");
    expect(at()).toBe("Low");
    await press("ArrowDown");
    await press("End");
    await press("Enter");
    expect([picked, screen.queryByRole("menu"), document.activeElement]).toEqual([["Low"], null, opener()]);
  });

  test("an entry that cannot be chosen is reached, says why, and does nothing", async () => {
    const picked = items();
    await click(opener());
    await press("ArrowDown");
    expect([at(), document.activeElement!.getAttribute("aria-description")]).toEqual(["High", "Not now."]);
    await press("Enter");
    expect([picked, screen.queryByRole("menu") !== null]).toEqual([[], true]);
    await press("Escape");
    expect([screen.queryByRole("menu"), document.activeElement]).toEqual([null, opener()]);
  });

  test("keeps every key to itself while it is open", async () => {
    const desk = await open("busy");
    await press("KeyX");
    await press("ArrowDown", SHIFT);
    await click(button("More", bar()));
    await press("KeyN");
    await press("KeyY");
    expect([desk.route.dialog, desk.receipts.notes.length]).toEqual([null, 0]);
    await press("Escape");
    expect(desk.messages.selection.count).toBe(2);
  });
});

describe("dialogs", () => {
  const focusLane = async (...lanes: string[]) => {
    desk!.messages.focusId = desk!.messages.rows.find((row) => lanes.includes(row.lane))!.id;
    await pass(50);
    return desk!.messages.focused!;
  };

  test("cancel: the button carries the number, Enter in the reason confirms, and Z undoes it", async () => {
    const desk = await open("busy");
    await press("KeyX");
    for (let n = 0; n < 3; n++) await press("ArrowDown", SHIFT);
    await press("KeyC", SHIFT);
    expect(screen.getByRole("dialog", { hidden: true }).getAttribute("aria-modal")).toBe("true");
    expect([title(), document.activeElement!.textContent]).toEqual(["Cancel 4 messages", "Cancel 4 messages"]);
    expect(screen.getByRole("dialog", { hidden: true }).textContent).toContain("2 are on the wire: they are cancelled only if they have not left yet.");
    expect(button("Cancel 4 messages", dialog())).toBeTruthy();
    await write("Reason (optional)", "Wrong price list");
    dialog().getByLabelText("Reason (optional)").focus();
    await press("Enter");
    expect([desk.route.dialog, toast().receipt!.changed, toast().receipt!.skipped]).toEqual([null, 2, [{ reason: "on_the_wire", count: 2 }]]);
    expect(desk.messages.rows.filter(({ reason }) => reason === "Wrong price list").length).toBe(2);
    await pass(100);
    // The bar went with the choice: the keyboard is in the grid.
    expect(document.activeElement!.getAttribute("role")).toBe("row");
    await press("KeyZ");
    expect(desk.messages.rows.filter(({ reason }) => reason === "Wrong price list").length).toBe(0);
  });

  test("cancel of one names whom it was for, by initials in privacy mode", async () => {
    const desk = await open("busy");
    const row = await focusLane("queued");
    await press("KeyC", SHIFT);
    expect(title()).toBe(`Cancel the message to ${row.lead_name}`);
    await click(dialog().getAllByRole("button", { name: "Close", hidden: true })[1]!);
    expect([desk.route.dialog, desk.receipts.notes]).toEqual([null, []]);
    await press("KeyH");
    await press("KeyC", SHIFT);
    expect(screen.getByRole("dialog", { hidden: true }).textContent).not.toContain(row.lead_name);
  });

  test("what the dialog is about stays what it was, whatever a refresh brings", async () => {
    const desk = await open("busy");
    const row = await focusLane("queued");
    await press("KeyC", SHIFT);
    desk.messages.focusId = desk.messages.rows.find(({ lane }) => lane === "held")!.id;
    await pass(11_000);
    expect(title()).toBe(`Cancel the message to ${row.lead_name}`);
    await click(button("Cancel 1 message", dialog()));
    expect(desk.messages.rows.find(({ id }) => id === row.id)!.lane).toBe("cancelled");
  });

  test("reschedule: a quick answer, a time of one's own, and what is over is refused at the field", async () => {
    const desk = await open("busy");
    const row = await focusLane("queued");
    await press("KeyS");
    expect(title()).toBe(`Reschedule the message to ${row.lead_name}`);
    // Its own slot is ahead: that is what is changed.
    expect((dialog().getByLabelText("Time") as HTMLInputElement).value).toBe(desk.session.zone.clock(row.scheduled_for!));
    await click(button("Tomorrow, 09:00", dialog()));
    expect(screen.getByRole("dialog", { hidden: true }).textContent).toContain("Wed 25 Nov at 09:00, Israel time");
    expect(screen.getByRole("dialog", { hidden: true }).textContent).toContain("quiet hours and caps still hold");
    await write("Day", "2026-11-23");
    const confirm = () => button(/^Reschedule 1 message/, dialog());
    expect([confirm().getAttribute("aria-disabled"), confirm().getAttribute("aria-description")]).toEqual(["true", "This time is over. Choose one ahead."]);
    await click(confirm());
    expect(desk.receipts.notes).toEqual([]);
    await write("Day", "2026-11-26");
    await write("Time", "half past nine");
    expect(confirm().getAttribute("aria-description")).toBe("This is not a day and a time.");
    await write("Time", "9.30");
    await click(confirm());
    expect(desk.messages.rows.find(({ id }) => id === row.id)!.scheduled_for).toBe("2026-11-26T07:30:00.000Z");
  });

  test("assign: who has the most room first, the full one says so, whose it is is not asked for", async () => {
    const desk = await open("busy");
    const row = await focusLane("queued");
    await click(button("More", within(screen.getByRole("complementary"))));
    await click(screen.getByRole("menuitem", { name: /^Assign/ }));
    await pass(100);
    const names = dialog().getAllByRole("radio", { hidden: true }).map((radio) => radio.closest("label")!.querySelector("b")!.textContent);
    expect(names).toEqual(["Amir Haddad", "Dana Levi", "Yoni Segal"]);
    expect(screen.getByRole("dialog", { hidden: true }).textContent).toContain(`${row.operator} has it now.`);
    expect(dialog().getByText("full today")).toBeTruthy();
    await click(dialog().getAllByRole("radio", { hidden: true })[1]!);
    await click(button(/^Assign 1 to Dana Levi/, dialog()));
    expect(desk.messages.rows.find(({ id }) => id === row.id)!.operator).toBe("Dana Levi");
  });

  test("settle: one by one, the next is asked at once, and nothing is answered by Enter", async () => {
    const desk = await open("busy");
    void desk.messages.toggle("lane", "unknown");
    await pass(100);
    const [a, b] = desk.messages.rows;
    await press("KeyA", { ctrlKey: true });
    await press("KeyU");
    expect(title()).toBe(`Was the message to ${a!.lead_name} sent?`);
    expect(screen.getByRole("dialog", { hidden: true }).textContent).toMatch(/left today at \d\d:\d\d by the dry run/);
    await press("Enter");
    expect(desk.receipts.notes).toEqual([]);
    await write("How you know (optional)", "Seen in the chat");
    await click(button("It was sent", dialog()));
    expect([title(), (dialog().getByLabelText("How you know (optional)") as HTMLInputElement).value]).toEqual([`Was the message to ${b!.lead_name} sent?`, ""]);
    expect(toast().receipt).toMatchObject({ action: "resolve", changed: 1 });
    await click(button("It was not sent", dialog()));
    expect([desk.route.dialog, desk.counts.lane("unknown")]).toEqual([null, 0]);
  });

  test("settle: one answer for all of them", async () => {
    const desk = await open("busy");
    void desk.messages.toggle("lane", "unknown");
    await pass(100);
    await press("KeyA", { ctrlKey: true });
    await click(button(/^Settle/, bar()));
    await click(dialog().getByRole("radio", { name: "All 2 at once", hidden: true }));
    expect(title()).toBe("Were these 2 messages sent?");
    await click(button("It was not sent", dialog()));
    expect([desk.route.dialog, toast().receipt!.changed, desk.counts.lane("unknown")]).toEqual([null, 2, 0]);
  });

  test("opt out: from the queue and from the leads, with what it does, and not twice", async () => {
    const desk = await open("busy");
    await press("KeyG");
    await press("KeyL");
    const row = desk.leads.focused!;
    await press("KeyO", SHIFT);
    expect(title()).toBe(`Opt ${row.name} out`);
    expect(screen.getByRole("dialog", { hidden: true }).textContent).toContain("That holds for every lead with this phone.");
    await click(button("Opt out", dialog()));
    expect(desk.leads.focused).toMatchObject({ id: row.id, opted_out: true });
    const again = button(/^Opt out/, within(screen.getByRole("complementary")));
    expect([again.getAttribute("aria-disabled"), again.dataset.tip]).toEqual(["true", "This person asked for no messages."]);
    await press("KeyO", SHIFT);
    expect(desk.route.dialog).toBe(null);
    await press("KeyZ");
    expect(desk.leads.focused).toMatchObject({ opted_out: false });
  });

  test("pause: what can be held of this message, until when, and Lift on the automation page", async () => {
    const desk = await open("busy");
    const row = await focusLane("queued");
    await click(button("More", within(screen.getByRole("complementary"))));
    await click(screen.getByRole("menuitem", { name: /^Pause sending/ }));
    await pass(100);
    const options = dialog().getAllByRole("radio", { hidden: true }).map((radio) => radio.closest("label")!.textContent!.trim().replace(/\s+/g, " "));
    expect(options).toEqual([`This lead ${row.lead_name}`, ...(row.template ? [`This template ${row.template}`] : []), expect.stringMatching(/^This client /), "One operator", "Everyone from every desk", "1 hour", "End of day", "Until lifted"]);
    await click(dialog().getByRole("radio", { name: "One operator", hidden: true }));
    expect((dialog().getByRole("combobox", { hidden: true }) as HTMLSelectElement).selectedOptions[0]!.textContent).toBe(row.operator);
    await click(dialog().getByRole("radio", { name: "End of day", hidden: true }));
    expect(screen.getByRole("dialog", { hidden: true }).textContent).toContain("It ends by itself Wed 25 Nov at 00:00.");
    await click(button(/^Pause/, dialog()));
    expect(toast().receipt!.detail).toMatchObject({ scope: "operator", until: "2026-11-24T22:00:00.000Z" });
    await press("KeyG");
    await press("KeyA");
    await pass(400);
    expect(screen.getByRole("heading", { name: "What lets a message go Pause sending…" })).toBeTruthy();
    await click(button(`Lift the pause: Operator: ${row.operator}`));
    await pass(400);
    expect(screen.getByText("No pause is in effect: hours, caps and people decide.")).toBeTruthy();
    expect(desk.pauses.value).toEqual([]);
  });

  test("operators: only an admin finds them; one is added with what is needed, one is deactivated after a second press", async () => {
    await open("live");
    await press("KeyG");
    await press("KeyA");
    expect(screen.queryByRole("button", { name: "Manage" })).toBe(null);
    desk!.close();
    cleanup();
    const admin = await open("busy");
    await click(button("Settings"));
    await click(button("Operators…"));
    await pass(100);
    expect([title(), button("Deactivate Noa Shalev", dialog()).getAttribute("aria-description")]).toEqual(["Operators", "Another admin has to do this."]);
    await click(button("Add an operator", dialog()));
    await click(dialog().getByLabelText("None yet"));
    await click(button("Add", dialog()));
    expect(dialog().getByText("A user id looks like the example.")).toBeTruthy();
    expect(dialog().getByLabelText("Name").getAttribute("aria-invalid")).toBe("true");
    await write("User id in the CRM", "00000000-0000-4000-8000-00000000A001");
    expect(dialog().getByText("This user is an operator already.")).toBeTruthy();
    await write("User id in the CRM", "00000000-0000-4000-8000-00000000a009");
    await write("Name", "Gil Adler");
    await click(button("Add", dialog()));
    expect([toast().receipt!.action, admin.operators.active!.at(-1)!.name]).toEqual(["operator_add", "Gil Adler"]);
    await click(button("Deactivate Gil Adler", dialog()));
    expect(toast().receipt!.action).toBe("operator_add");
    expect(dialog().getByText("Nothing waits for this operator.")).toBeTruthy();
    await click(button("Deactivate", dialog()));
    expect(admin.operators.value!.at(-1)).toMatchObject({ name: "Gil Adler", active: false });
  });

  test("a login is made with the SQL shown first, its password never comes here, and who is connected is listed", async () => {
    const admin = await open("busy");
    await click(button("Settings"));
    await click(button("Operators…"));
    await pass(100);
    expect(dialog().getByText("Nobody’s login")).toBeTruthy();
    expect(dialog().getByText("Silent · heard 2 min ago")).toBeTruthy();
    await click(button("Add an operator", dialog()));
    await write("User id in the CRM", "00000000-0000-4000-8000-00000000a009");
    await write("Name", "Gil Adler");
    await write("Its name", "Gil; drop");
    await pass(400);
    expect(dialog().getByRole("alert", { hidden: true }).textContent).toContain("begins with a letter");
    await write("Its name", "desk_no");
    await pass(400);
    expect(dialog().getByText("Your login may not make logins")).toBeTruthy();
    expect(button("Make the login and add", dialog()).getAttribute("aria-disabled")).toBe("true");
    await click(button("Save the script", dialog()));
    expect(dialog().getByText("Saved as desk_no.sql")).toBeTruthy();
    await write("Its name", "desk_gil");
    await pass(400);
    expect(dialog().getByLabelText("What is run").textContent).toContain("create role desk_gil with login password 'SCRAM-SHA-256$..'");
    await click(dialog().getByLabelText("Type one"));
    await write("The password, 12 characters or more", "short");
    await click(button("Make the login and add", dialog()));
    expect(dialog().getByText("A password has 12 characters or more.")).toBeTruthy();
    await click(dialog().getByLabelText("Make one"));
    await click(button("Make the login and add", dialog()));
    expect(dialog().getByText("The password of desk_gil is on the clipboard")).toBeTruthy();
    expect(admin.operators.value!.at(-1)!.logins[0]!.login).toBe("desk_gil");
  });

  test("a person is erased by an admin who typed the word, without whoever only shares the phone", async () => {
    const admin = await open("busy");
    const row = admin.messages.rows.find((message) => message.lead_id)!;
    admin.route.openLead(row.lead_id!);
    await pass(400);
    await click(button("Erase this person"));
    await pass(100);
    const confirm = () => button("Erase for good", dialog());
    expect(confirm().getAttribute("aria-disabled")).toBe("true");
    for (const line of ["public.conversations: 3 rows", "leads.born (no text)", "14 rows of the ledger: ids, state words and times."]) expect(dialog().getByText(line)).toBeTruthy();
    // Herself, her other lead, and somebody of another name with the same phone.
    expect(dialog().getAllByRole<HTMLInputElement>("checkbox", { hidden: true }).map((box) => box.checked)).toEqual([true, true, false]);
    await write("Type ERASE to go on", "erase");
    await click(confirm());
    expect(toast().receipt).toMatchObject({ action: "erase", asked: 2 });
  });
});

describe("by key alone", () => {
  test("Y retries, 1 makes urgent, and both say so", async () => {
    const desk = await open("busy");
    desk.messages.focusId = desk.messages.rows.find(({ lane }) => lane === "failed")!.id;
    await pass(50);
    await press("KeyY");
    expect(toast().receipt).toMatchObject({ action: "retry", changed: 1 });
    await press("Digit1");
    expect([toast().receipt!.action, desk.messages.focused!.priority]).toEqual(["set_priority", 10]);
    expect(screen.getByRole("complementary").textContent).toContain("Urgent, 10 of 10");
  });

  test("none of them works in a text field, with a letter's other Shift, or where there is no message", async () => {
    const desk = await open("busy");
    await press("Slash");
    await pass(50);
    for (const code of ["KeyX", "KeyY", "KeyS", "Digit1"]) await press(code);
    (document.activeElement as HTMLElement).blur();
    for (const code of ["KeyY", "KeyS", "KeyU", "Digit2"]) await press(code, SHIFT);
    await press("KeyC");
    await press("KeyG");
    await press("KeyA");
    for (const code of ["KeyY", "KeyS", "KeyU", "Digit2"]) await press(code);
    await press("KeyC", SHIFT);
    expect([desk.route.dialog, desk.receipts.notes.length, desk.messages.selection.count]).toEqual([null, 0, 0]);
  });

  test("every key of the verbs is on the sheet", async () => {
    await open("busy");
    await press("Slash", SHIFT);
    const sheet = screen.getByRole("dialog", { hidden: true }).textContent!;
    for (const name of ["Select", "Reschedule", "Retry", "Priority", "Settle unknown", "Cancel messages", "Opt out"]) expect(sheet).toContain(name);
  });
});

describe("another program's messages", () => {
  test("are told of under the why bar, with what adopting does; one press adopts mine, and the bar goes", async () => {
    const desk = await open("foreign");
    const call = within(screen.getByRole("region", { name: "Queued by another program" }));
    expect(call.getByText(/These 12 were queued by another program. Adopt them\?/)).toBeTruthy();
    await click(call.getByRole("button", { name: "Show them" }));
    expect([desk.messages.filter.reason, desk.messages.rows.length]).toEqual(["not_adopted", 12]);
    await click(call.getByRole("button", { name: "Adopt mine" }));
    await pass(400);
    expect(toast().receipt).toMatchObject({ action: "adopt", changed: 12 });
    expect(screen.queryByRole("region", { name: "Queued by another program" })).toBe(null);
  });

  test("where nothing was queued by another program nothing is said of it", async () => {
    await open("busy");
    expect(screen.queryByRole("region", { name: "Queued by another program" })).toBe(null);
  });
});

test("every button of the bar, the menus and the dialogs has a name", async () => {
  const desk = await open("busy");
  const nameless = () => [...screen.getAllByRole("button", { hidden: true }), ...screen.queryAllByRole("menuitem")].filter((element) => !(element.getAttribute("aria-label") ?? element.textContent)!.trim());
  await press("KeyA", { ctrlKey: true });
  await press("KeyA", { ctrlKey: true });
  await click(button("More", bar()));
  expect(nameless()).toEqual([]);
  await press("Escape");
  for (const name of ["cancel", "reschedule", "assign", "settle", "optout", "pause", "operators"] as const) {
    desk.asked = desk.targets;
    void desk.operators.load();
    desk.route.dialog = name;
    await pass(100);
    expect([name, nameless()]).toEqual([name, []]);
    expect(document.activeElement!.tagName).toBe("H2");
    desk.route.dialog = null;
    await pass(50);
  }
});
