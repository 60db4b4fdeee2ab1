// The verbs on the screen: choosing rows, the bar, menus, by key and by hand.
import { render, screen, within } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import App from "../src/App.svelte";
import Announce from "../src/components/Announce.svelte";
import Menu from "../src/components/Menu.svelte";
import { commands } from "../src/ipc/commands";
import { mockTransport } from "../src/ipc/mock";
import { Desk } from "../src/state/desk.svelte";
import { LookState } from "../src/state/look.svelte";
import { button, click, freshPage, pass, press } from "./page";

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
const chosen = () => screen.getAllByRole("row", { selected: true }).map((row) => row.getAttribute("aria-rowindex"));
const said = () => [...document.querySelectorAll('[aria-live="polite"]')].map((region) => region.textContent).join(" ");
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
