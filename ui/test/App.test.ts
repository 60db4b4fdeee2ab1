import { cleanup, render, screen } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import App from "../src/App.svelte";
import { commands } from "../src/ipc/commands";
import { mockTransport } from "../src/ipc/mock";
import { Desk } from "../src/state/desk.svelte";
import { ThemeState } from "../src/state/theme.svelte";

let desk: Desk;
async function open(scenario: string) {
  desk = new Desk(commands(mockTransport(scenario)));
  render(App, { desk, theme: new ThemeState("light") });
  void desk.open();
  await pass(100);
}
async function pass(ms: number) {
  await vi.advanceTimersByTimeAsync(ms);
  await tick();
}
async function press(code: string, init: KeyboardEventInit = {}) {
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { code, key: code, bubbles: true, cancelable: true, ...init }));
  await pass(400);
}
const shown = (words: RegExp | string) => screen.queryAllByText(words).length > 0;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 24, 20, 0) });
  location.hash = "";
});
afterEach(() => {
  desk.close();
  cleanup();
  vi.useRealTimers();
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

test("a read-only login sees every button with the reason why not", async () => {
  await open("readonly");
  const prepare = screen.getByRole("button", { name: "Prepare tomorrow" });
  expect([prepare.getAttribute("aria-disabled"), prepare.getAttribute("aria-description")]).toEqual(["true", "This login may look, not act."]);
  prepare.click();
  expect(desk.route.dialog).toBe(null);
});

test("a CRM that is not migrated says what its admin can do, and has no queue", async () => {
  await open("notmigrated");
  expect(shown("This CRM is not set up for Queue Desk yet")).toBe(true);
  expect(shown("queue-desk migrate --plan")).toBe(true);
  expect(screen.queryByRole("grid")).toBe(null);
});
