// The metrics' place: the figures, their tables, what is asked for, and what it says when there is nothing to say.
import { render, screen, within } from "@testing-library/svelte";
import { afterEach, expect, test } from "vitest";
import App from "../src/App.svelte";
import { niceTop } from "../src/components/axis";
import { commands } from "../src/ipc/commands";
import { mockTransport } from "../src/ipc/mock";
import type { MetricsFilter } from "../src/ipc/bindings/MetricsFilter";
import type { Transport } from "../src/ipc/transport";
import { Desk } from "../src/state/desk.svelte";
import { LookState } from "../src/state/look.svelte";
import { click, freshPage, pass, press } from "./page";

freshPage();

let desk: Desk;
/** What was asked for, in order. */
let asked: MetricsFilter[];

async function open(scenario = "busy", answers: Record<string, () => unknown> = {}) {
  asked = [];
  const transport = mockTransport(scenario);
  const call = transport.call.bind(transport);
  const spied: Transport = {
    ...transport,
    call: async <T>(command: string, args?: Record<string, unknown>) => {
      if (command === "metrics") asked.push(args!.filter as MetricsFilter);
      return answers[command] ? ((await answers[command]()) as T) : call<T>(command, args);
    },
  };
  desk = new Desk(commands(spied));
  render(App, { desk, look: new LookState("light") });
  void desk.open();
  await pass(100);
  await press("KeyG");
  await press("KeyM");
  await pass(600);
}
afterEach(() => desk.close());
const main = () => document.querySelector("main")!.textContent!;
const button = (name: string | RegExp, at = 0) => screen.getAllByRole("button", { name })[at]!;

test("G M opens it with today, compared with the working day before, and its numbers are links to the queue", async () => {
  await open();
  expect(location.hash).toBe("#/metrics");
  expect(asked[0]).toEqual({ days: 1, from: null, to: null, operator: null });
  expect(main()).toMatch(/Sent, dry run\s*412/);
  expect(main()).toContain("up 6% on Mon");
  expect(main()).toContain("10 can retry");
  expect(document.querySelector("header")!.textContent).toContain("Tue 24 Nov · Israel time · dry run");
  await click(button("27 Failed: show them in the queue, of all days"));
  expect([desk.route.place, desk.messages.filter.lane]).toEqual(["queue", "failed"]);
});

test("every chart has its table with the same numbers", async () => {
  await open();
  for (let n = 0; n < 4; n++) await click(button("Table"));
  expect(screen.queryByRole("button", { name: "Table" })).toBeNull();
  const hours = within(screen.getByRole("region", { name: "By hour" }));
  expect(hours.getAllByRole("row").map((row) => [...row.children].map((cell) => cell.textContent).join(" "))[1]).toBe("09:00 70 2 0 8 0");
  expect(screen.getByRole("region", { name: "Wait, due to sent" }).textContent).toContain("Half, minutes");
  expect(screen.getByRole("region", { name: "What failed" }).textContent).toMatch(/Provider busy\s*131016\s*9\s*yes/);
  expect(screen.getByRole("region", { name: "Operators" }).textContent).toContain("Noa Shalev");
  await click(button("Chart"));
  expect(screen.getByRole("img", { name: /412 sent, 27 failed/ })).toBeTruthy();
});

test("other days and one operator are asked for; an answer that was overtaken is dropped", async () => {
  await open();
  await click(screen.getByLabelText("7 days"));
  expect(asked.at(-1)!.days).toBe(7);
  expect(main()).toContain("By day");
  const choice = screen.getByLabelText("Operator") as HTMLSelectElement;
  choice.value = desk.counts.value!.operators[0]!.user_id;
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  await pass(300);
  expect(asked.at(-1)!.operator).toBe(desk.counts.value!.operators[0]!.user_id);
  expect(desk.metrics.value!.operators.length).toBe(1);
  await click(button(/Failed: show them/));
  expect(desk.messages.filter.operator).toBe(desk.metrics.operator);
});

test("a range begins with the days that are shown; one that ends before it begins is refused in words, the old figures dimmed", async () => {
  await open();
  await click(screen.getByLabelText("Range"));
  expect((screen.getByLabelText("From") as HTMLInputElement).value).toBe("2026-11-24");
  const set = async (label: string, day: string) => {
    const field = screen.getByLabelText(label) as HTMLInputElement;
    field.value = day;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    await pass(300);
  };
  await set("From", "2026-11-10");
  expect(desk.metrics.value!.bars.length).toBe(15);
  await set("To", "2026-11-01");
  expect(screen.getByRole("alert").textContent).toContain("ends before it begins");
  expect(document.querySelector(".figures")!.className).toContain("old");
});

test("nothing was sent: it says so, why, and offers what would change it", async () => {
  await open("fresh");
  expect(main()).toContain("Nothing was sent today");
  await click(button("Prepare tomorrow"));
  expect(desk.route.dialog).toBe("prepare");
});

test("a login that is nobody's reads why there is nothing to count", async () => {
  await open("busy", { metrics: () => Promise.reject({ code: "no_operator", message: "The login is not mapped.", hint: "Ask your admin.", retryable: false }) });
  expect(screen.getByRole("alert").textContent).toContain("The login is not mapped. Ask your admin.");
  expect(desk.lost).toBe(false);
});

test("a burst of news counts once, and again a little later", async () => {
  await open();
  await pass(5_000);
  const before = asked.length;
  for (let n = 0; n < 6; n++) {
    desk["changed"](["messages", "metrics"]);
    await pass(600);
  }
  expect(asked.length - before).toBeLessThanOrEqual(2);
  await pass(5_000);
  expect(asked.length).toBeGreaterThan(before);
});

test("a lost connection dims what is there and stays a band", async () => {
  await open("offline");
  expect(desk.metrics.value).not.toBeNull();
  await pass(4_000);
  await pass(3_000);
  expect(desk.lost).toBe(true);
  expect(document.querySelector(".figures")!.className).toContain("old");
  expect(screen.queryByText("The figures could not be counted")).toBeNull();
});

test("the file's name is said once it is written, and nothing when the dialog was closed", async () => {
  await open();
  await click(button("CSV"));
  expect(main()).toContain("Saved as figures-2026-11-24-to-2026-11-24.csv");
  await click(screen.getByLabelText("30 days"));
  expect(main()).not.toContain("Saved as");
});

test("an axis ends at a round number that its lines divide", () => {
  expect([0, 3, 5, 9, 45, 199, 1_234].map(niceTop)).toEqual([4, 4, 8, 12, 80, 200, 2_000]);
});
