import { render, screen, within } from "@testing-library/svelte";
import { afterEach, expect, test } from "vitest";
import App from "../src/App.svelte";
import { commands } from "../src/ipc/commands";
import { mockTransport } from "../src/ipc/mock";
import { Desk } from "../src/state/desk.svelte";
import { LookState } from "../src/state/look.svelte";
import { freshPage, pass, press } from "./page";

freshPage();

let desk: Desk;
async function open(scenario: string) {
  desk = new Desk(commands(mockTransport(scenario)));
  render(App, { desk, look: new LookState("light") });
  void desk.open();
  await pass(100);
}
const shown = (words: RegExp | string) => screen.queryAllByText(words).length > 0;

afterEach(() => {
  desk.close();
});

test("from an empty queue to a watched message by keys alone", async () => {
  await open("fresh");
  expect(shown("The queue is empty")).toBe(true);
  await press("KeyN");
  expect(screen.getByRole("dialog", { hidden: true }).textContent).toContain("Prepare Wednesday, 25 November");
  await press("Enter", { ctrlKey: true });
  expect(shown("40 messages queued for Wed 25 Nov")).toBe(true);
  screen.getByRole("button", { name: "Jump the sample clock to Wed 09:00" }).click();
  await pass(600);
  await press("KeyP");
  await pass(5_000);
  expect(shown("Nobody received it")).toBe(true);
  expect(shown("dry run")).toBe(true);
});

test("rows queued here are there at once, without the pill", async () => {
  await open("night");
  await press("KeyN");
  await press("Enter", { ctrlKey: true });
  await pass(800);
  expect(desk.counts.lane("queued")).toBe(86);
  expect(screen.getByRole("grid").scrollTop).toBe(0);
  expect(shown(/new, press/)).toBe(false);
});

test("the sidebar calls a lane by its word: what is simulated says so in its row", async () => {
  await open("busy");
  const sidebar = within(screen.getByRole("navigation"));
  sidebar.getByRole("button", { name: /^Sent/ }).click();
  await pass(100);
  expect(sidebar.getByRole("button", { name: /^Sent/ }).textContent).toMatch(/^\s*Sent\s*\d+$/);
  expect(shown("dry run")).toBe(true);
});

test("T takes the focused lead, Z undoes it, R is refused with a reason in between", async () => {
  await open("night");
  const name = desk.messages.focused!.lead_name!;
  await press("KeyR");
  expect(desk.route.dialog).toBe(null);
  await press("KeyT");
  expect(screen.getAllByText((text) => text.includes(name) && text.includes("is yours")).length).toBeGreaterThan(0);
  expect(desk.messages.focused!.owner_is_me).toBe(true);
  await press("KeyZ");
  expect(desk.messages.focused!.owner_is_me).toBe(false);
});

test("single keys are silent in a text field and over a dialog", async () => {
  await open("night");
  await press("Slash");
  await pass(50);
  expect(document.activeElement?.id).toBe("find");
  await press("KeyT");
  expect(desk.receipts.notes).toEqual([]);
  (document.activeElement as HTMLElement).blur();
  await press("KeyE");
  await press("KeyT");
  expect([desk.route.dialog, desk.receipts.notes.length]).toEqual(["export", 0]);
});

test("Shift P stops everything from every place and shows that it did", async () => {
  await open("night");
  await press("KeyG");
  await press("KeyA");
  expect(desk.route.place).toBe("automation");
  await press("KeyP", { shiftKey: true });
  expect(shown("No desk sends until somebody resumes.")).toBe(true);
  expect(screen.getByRole("button", { name: "Resume sending" })).toBeTruthy();
});

test("a stop of another desk is a band on every screen, with Resume", async () => {
  await open("stopped");
  expect(screen.getByRole("alert").textContent).toContain("Prices change at noon");
  await press("KeyG");
  await press("KeyA");
  expect(screen.getAllByRole("button", { name: "Resume sending" }).length).toBe(1);
  screen.getByRole("button", { name: "Resume sending" }).click();
  await pass(800);
  expect(desk.paused).toBe(false);
  expect(shown("Sending is resumed")).toBe(true);
});

test("the reasons of the sidebar filter, with a chip; a second click removes", async () => {
  await open("busy");
  const reason = () => within(screen.getByRole("navigation")).getByRole("button", { name: /^Daily cap reached/ });
  reason().click();
  await pass(100);
  expect(reason().getAttribute("aria-pressed")).toBe("true");
  expect(screen.getByRole("button", { name: "Remove the filter Daily cap reached" })).toBeTruthy();
  reason().click();
  await pass(100);
  expect(desk.messages.filtered).toBe(false);
});

test("T on a colleague's lead asks first, and Enter takes it over", async () => {
  await open("busy");
  const row = desk.messages.rows.find((r) => r.owner_id && !r.owner_is_me)!;
  desk.messages.focusId = row.id;
  await pass(50);
  await press("KeyT");
  expect(screen.getByRole("dialog", { hidden: true }).textContent).toMatch(/Dana Levi has this lead since today at \d\d:\d\d: take it over\?/);
  expect(desk.receipts.notes).toEqual([]);
  await press("Enter");
  expect(desk.route.dialog).toBe(null);
  expect(desk.messages.rows.find((r) => r.id === row.id)!.owner_is_me).toBe(true);
});

test("the sample clock can be jumped from the automation screen when nothing is due", async () => {
  await open("night");
  await press("KeyG");
  await press("KeyA");
  screen.getByRole("button", { name: "Jump the sample clock to Wed 09:00" }).click();
  await pass(600);
  expect(desk.session.zone.clock(desk.clock.now)).toBe("09:00");
});

test("H hides names, phones and texts, in the title of the window too, and shows them again", async () => {
  await open("busy");
  const { lead_name, phone, content } = desk.messages.focused!;
  const seen = () => document.body.textContent + [...document.querySelectorAll("*")].flatMap((e) => e.getAttributeNames().map((name) => e.getAttribute(name))).join(" ");
  expect(seen()).toContain(lead_name);
  expect(document.title).toBe("Queue · Local database · Queue Desk");
  await press("KeyH");
  for (const row of desk.messages.rows.slice(0, 10)) for (const secret of [row.lead_name!, row.phone!.slice(-7, -4) + "-" + row.phone!.slice(-4), row.content]) expect(seen()).not.toContain(secret);
  expect(seen()).toContain(`•••• ${phone!.slice(-2)}`);
  expect(document.title).toBe("Queue · Queue Desk · Privacy mode");
  await press("KeyT");
  expect(seen()).not.toContain(lead_name);
  await press("KeyN");
  expect(seen()).not.toContain(desk.plan.value!.items[0]!.name);
  await press("KeyH");
  expect(seen()).toContain(desk.plan.value!.items[0]!.name);
  await press("KeyH");
  desk.route.dialog = null;
  await pass(50);
  await press("KeyH");
  expect(seen()).toContain(content);
});

test("density and theme are chosen in the settings and kept", async () => {
  await open("busy");
  screen.getByRole("button", { name: "Settings" }).click();
  await pass(50);
  (screen.getByRole("radio", { name: "Roomy" }) as HTMLInputElement).click();
  (screen.getByRole("radio", { name: "Dark" }) as HTMLInputElement).click();
  await pass(50);
  expect([document.documentElement.dataset.density, document.documentElement.dataset.theme]).toEqual(["roomy", "dark"]);
  const again = new LookState();
  expect([again.density, again.theme]).toEqual(["roomy", "dark"]);
  await press("Escape");
  expect(screen.queryByRole("dialog", { name: "Settings" })).toBe(null);
});

test("no native tooltip, and every button has a name", async () => {
  await open("busy");
  expect(document.querySelectorAll("[title]").length).toBe(0);
  const nameless = screen.getAllByRole("button").filter((button) => !(button.getAttribute("aria-label") ?? button.textContent)!.trim());
  expect(nameless).toEqual([]);
});

test("a read-only login sees every button with the reason why not", async () => {
  await open("readonly");
  const prepare = screen.getByRole("button", { name: "Prepare tomorrow" });
  expect([prepare.getAttribute("aria-disabled"), prepare.getAttribute("aria-description")]).toEqual(["true", "This login may look, not act."]);
  prepare.click();
  expect(desk.route.dialog).toBe(null);
});

test("a CRM that is not migrated says what its admin can do, and its queue is there to look at and to export", async () => {
  await open("notmigrated");
  expect(shown("This CRM is not set up for Queue Desk yet")).toBe(true);
  expect(shown("queue-desk migrate --plan")).toBe(true);
  expect(screen.queryByRole("grid")).toBe(null);
  screen.getByRole("button", { name: "Look at the queue" }).click();
  await pass(600);
  expect(screen.getByRole("grid")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Prepare tomorrow" }).getAttribute("aria-description")).toBe("The database is not set up yet. Ask your admin.");
  await press("KeyE");
  expect(screen.getByRole("dialog", { hidden: true }).textContent).toContain("Export the queue");
});
