import { render, screen } from "@testing-library/svelte";
import { expect, test, vi } from "vitest";
import Root from "../src/Root.svelte";
import { commands } from "../src/ipc/commands";
import { mockTransport } from "../src/ipc/mock";
import type { Transport } from "../src/ipc/transport";
import { LookState } from "../src/state/look.svelte";
import { freshPage, pass, press } from "./page";

freshPage();

let transport: Transport;
async function open(scenario: string) {
  transport = mockTransport(scenario);
  render(Root, { api: commands(transport), look: new LookState("light") });
  await pass(300);
}
/** A command's answer, or what it was refused with. */
async function ask<T>(command: string, args?: Record<string, unknown>): Promise<T> {
  const answer = transport.call<T>(command, args).catch((thrown) => thrown as T);
  await pass(50);
  return answer;
}
/** Everything that the page holds: texts, attributes, its title. */
const page = () => document.documentElement.outerHTML + document.title;
const names = () => screen.getAllByRole("row").map((row) => row.getAttribute("aria-label") ?? "").filter(Boolean).map((label) => label.split(/[:,]/)[0]!);


test("locked by its key, the page holds nothing of leads and messages, and a click opens it where it was", async () => {
  await open("busy");
  await press("KeyG");
  await press("KeyL");
  const seen = names();
  expect(seen.length).toBeGreaterThan(5);
  await press("KeyL", { shiftKey: true });
  expect(screen.getByRole("heading").textContent).toBe("Locked");
  for (const name of seen) expect(page()).not.toContain(name);
  expect(page()).not.toMatch(/\+972|role="row"|Hello/);
  expect(await ask("messages_page", { filter: {}, after: null, limit: 5 })).toMatchObject({ code: "window_locked" });
  screen.getByRole("button", { name: "Unlock" }).click();
  await pass(400);
  expect(location.hash).toBe("#/leads");
  expect(names()).toEqual(seen);
});

test("it locks itself after the minutes of the setting without input, over a dialog too, and never where it is off", async () => {
  await open("busy");
  await pass(20 * 60_000);
  expect(screen.queryByText("Locked")).toBeNull();
  await press("Escape");
  await ask("set_lock_after", { minutes: 5 });
  screen.getByRole("button", { name: "Settings" }).click();
  await pass(100);
  expect(screen.getByText(/It hides, it does not protect/)).toBeTruthy();
  await press("Escape");
  await pass(4 * 60_000);
  await press("KeyN");
  expect(screen.queryByRole("dialog", { hidden: true })).not.toBeNull();
  await pass(4 * 60_000);
  expect(screen.queryByText("Locked")).toBeNull();
  await pass(66_000);
  expect(screen.getByText("Locked")).toBeTruthy();
  expect(screen.queryByRole("dialog", { hidden: true })).toBeNull();
});

test("after a sleep, in which no timer ran, the first touch finds it locked", async () => {
  await open("busy");
  await press("Escape");
  await ask("set_lock_after", { minutes: 5 });
  screen.getByRole("button", { name: "Settings" }).click();
  await pass(100);
  await press("Escape");
  vi.setSystemTime(Date.now() + 2 * 3_600_000);
  window.dispatchEvent(new Event("pointermove"));
  await pass(100);
  expect(screen.getByText("Locked")).toBeTruthy();
});

test("automation goes on and is said, and a wrong password opens nothing", async () => {
  await open("saved");
  screen.getAllByRole("button", { name: /^Open / })[0]!.click();
  await pass(3_000);
  await ask("automation_start");
  await press("KeyL", { shiftKey: true });
  expect(screen.getByRole("status").textContent).toContain("Automation is running on this desk.");
  const field = screen.getByLabelText<HTMLInputElement>(/^Password of /);
  expect(document.activeElement).toBe(field);
  for (const [typed, opens] of [["wrong", false], ["right", true]] as const) {
    field.value = typed;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await press("Enter");
    expect(page()).not.toContain(`value="${typed}"`);
    expect(screen.queryByText("Locked") === null).toBe(opens);
    if (!opens) expect(screen.getByRole("alert").textContent).toContain("The password was not accepted");
  }
});
