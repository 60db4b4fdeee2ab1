// The dialogs of the verbs: what they ask, what they do, and what is refused at the field.
import { cleanup, render, screen, within } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test } from "vitest";
import App from "../src/App.svelte";
import { commands } from "../src/ipc/commands";
import { mockTransport } from "../src/ipc/mock";
import { Desk } from "../src/state/desk.svelte";
import { LookState } from "../src/state/look.svelte";
import { button, click, dialog, freshPage, pass, press, write } from "./page";

freshPage();

let desk: Desk | undefined;
async function open(scenario: string): Promise<Desk> {
  desk = new Desk(commands(mockTransport(scenario)));
  render(App, { desk, look: new LookState("light") });
  void desk.open();
  await pass(100);
  return desk;
}
const SHIFT = { shiftKey: true };
const bar = () => within(screen.getByRole("group", { name: "Chosen messages" }));
const title = () => dialog().getByRole("heading", { level: 2, hidden: true }).textContent;
const toast = () => desk!.receipts.notes.at(-1)!;

beforeEach(() => {
  window.innerWidth = 1280;
  // Ten rows in sight.
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get(this: HTMLElement) { return this.getAttribute("role") === "grid" ? 348 : 0; } });
});
afterEach(() => {
  desk?.close();
  desk = undefined;
});

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

test("a forgotten password is renewed with the SQL shown first, and a closed login is opened again", async () => {
  const admin = await open("busy");
  await click(button("Settings"));
  await click(button("Operators…"));
  await pass(100);
  expect(button("New password for Noa Shalev", dialog()).getAttribute("aria-description")).toBe("Another admin has to do this.");
  await click(button("Add an operator", dialog()));
  await write("User id in the CRM", "00000000-0000-4000-8000-00000000a009");
  await write("Name", "Gil Adler");
  await write("Its name", "desk_gil");
  await pass(400);
  await click(button("Make the login and add", dialog()));

  await click(button("New password for Gil Adler", dialog()));
  await pass(100);
  expect(dialog().getByLabelText("What is run").textContent).toContain("alter role desk_gil with login password 'SCRAM-SHA-256$..'");
  expect(dialog().getByText(/Whoever is connected with the old password is put out/)).toBeTruthy();
  await click(button("New password", dialog()));
  expect(toast().receipt).toMatchObject({ action: "operator_renew", detail: { reopened: false } });
  expect(dialog().getByText("The password of desk_gil is on the clipboard")).toBeTruthy();

  await click(button("Deactivate Gil Adler", dialog()));
  await pass(100);
  await click(button("Deactivate", dialog()));
  await click(button("Open the login of Gil Adler again", dialog()));
  await pass(100);
  await click(button("Open again", dialog()));
  expect(toast().receipt).toMatchObject({ action: "operator_renew", detail: { reopened: true } });
  expect(admin.operators.value!.at(-1)).toMatchObject({ name: "Gil Adler", active: true });
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
  for (const line of ["public.conversations: 3 rows", "leads.born (no text)", "17 rows of the ledger: ids, state words and times."]) expect(dialog().getByText(line)).toBeTruthy();
  // Herself, her other lead, and somebody of another name with the same phone.
  expect(dialog().getAllByRole<HTMLInputElement>("checkbox", { hidden: true }).map((box) => box.checked)).toEqual([true, true, false]);
  // The numbers are those of the leads that are ticked.
  await click(dialog().getAllByRole("checkbox", { hidden: true })[2]!);
  for (const line of ["public.conversations: 8 rows", "26 rows of the ledger: ids, state words and times."]) expect(dialog().getByText(line)).toBeTruthy();
  await click(dialog().getAllByRole("checkbox", { hidden: true })[2]!);
  expect(dialog().getByText("public.conversations: 3 rows")).toBeTruthy();
  await write("Type ERASE to go on", "erase");
  await click(confirm());
  expect(toast().receipt).toMatchObject({ action: "erase", asked: 2 });
});

test.each([false, true])("which logins are open is not known (the answer came late: %s): it says so, closes none, and deactivating is only that", async (late) => {
  const mock = mockTransport("busy");
  const called: string[] = [];
  const unknown = { code: "no_connection", message: "The database does not answer.", retryable: true };
  desk = new Desk(commands({
    ...mock,
    async call(command, args) {
      called.push(command);
      if (command === "login_closing") {
        if (late) await new Promise((done) => setTimeout(done, 1_000));
        throw unknown;
      }
      return mock.call(command, args);
    },
  }));
  render(App, { desk, look: new LookState("light") });
  void desk.open();
  await pass(100);
  await click(button("Settings"));
  await click(button("Operators…"));
  await click(button("Deactivate Amir Haddad", dialog()));
  await pass(late ? 1_100 : 100);
  expect(dialog().getByRole("alert", { hidden: true }).textContent).toBe("Which logins are open could not be read: deactivating closes none of them.");
  expect(dialog().queryByText("No login of theirs may log in.")).toBe(null);
  expect(dialog().queryByRole("checkbox", { hidden: true })).toBe(null);
  await click(button("Deactivate", dialog()));
  expect(called).toContain("operator_deactivate");
  expect(called).not.toContain("login_close");
  expect(toast().receipt!.action).toBe("operator_deactivate");
});
