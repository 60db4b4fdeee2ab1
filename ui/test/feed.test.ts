// What others did: read again by topic, in bursts, and never by asking all the time.
import { render, screen } from "@testing-library/svelte";
import { afterEach, describe, expect, test } from "vitest";
import App from "../src/App.svelte";
import { commands } from "../src/ipc/commands";
import { mockTransport } from "../src/ipc/mock";
import type { Transport } from "../src/ipc/transport";
import { Desk } from "../src/state/desk.svelte";
import { LookState } from "../src/state/look.svelte";
import { freshPage, pass } from "./page";

freshPage();

let desk: Desk;
let asked: string[];
const tell = new Map<string, (payload: unknown) => void>();

async function open(scenario: string, place = "queue") {
  location.hash = `#/${place}`;
  const mock = mockTransport(scenario);
  asked = [];
  const transport: Transport = {
    call: (command, args) => (asked.push(command), mock.call(command, args)),
    on: (event, handler) => (tell.set(event, handler as never), mock.on(event, handler)),
  };
  desk = new Desk(commands(transport));
  render(App, { desk, look: new LookState("light") });
  void desk.open();
  await pass(1000);
  asked.length = 0;
}
const changed = (...topics: string[]) => tell.get("desk://changed")!({ topics });
const status = () => document.querySelector(".window > footer")!.textContent;
const count = (command: string) => asked.filter((one) => one === command).length;

afterEach(() => {
  desk.close();
});

describe("a change is read by its topic", () => {
  test.each([
    ["queue", "messages", ["message_counts", "messages_page"]],
    ["queue", "jobs", []],
    ["queue", "ledger", []],
    ["jobs", "jobs", ["jobs_page"]],
    ["jobs", "messages", ["message_counts"]],
    ["automation", "automation", ["automation_status", "message_counts", "pauses"]],
  ])("on %s, %s", async (place, topic, commands) => {
    await open("busy", place);
    changed(topic);
    await pass(50);
    expect([...asked].sort()).toEqual(commands);
  });

  test("the leads are read at once and counted now and then", async () => {
    await open("busy", "leads");
    changed("leads");
    await pass(50);
    expect(asked).toEqual(["leads_page"]);
    await pass(11_000);
    changed("leads");
    await pass(600);
    expect(count("lead_counts")).toBe(1);
  });

  test("what changed out of sight is read when it comes on", async () => {
    await open("busy", "jobs");
    changed("messages");
    await pass(50);
    expect(asked).not.toContain("messages_page");
    desk.route.go("queue");
    await pass(600);
    expect(count("messages_page")).toBe(1);
  });
});

test("a burst is at most one refresh in half a second, and its last change is not lost", async () => {
  await open("busy");
  for (let n = 0; n < 50; n++) {
    changed("messages");
    await pass(20);
  }
  expect(count("messages_page")).toBeGreaterThanOrEqual(2);
  expect(count("messages_page")).toBeLessThanOrEqual(3);
  await pass(600);
  const before = count("messages_page");
  await pass(5_000);
  expect(count("messages_page")).toBe(before);
});

test("an idle window asks every half minute, for what only time changes", async () => {
  await open("fresh");
  await pass(25_000);
  expect(asked.filter((command) => command !== "schema_check")).toEqual([]);
  await pass(10_000);
  expect(count("message_counts")).toBe(1);
});

test("a slot that comes is read when it comes", async () => {
  await open("night");
  void desk.jump();
  await pass(1000);
  const next = Date.parse(desk.counts.value!.next_at!) - desk.clock.now;
  expect(desk.interval).toBeLessThanOrEqual(30_000);
  expect(desk.interval).toBe(Math.min(30_000, Math.max(10_000, next + 500)));
});

test("changes all the time do not keep what only time changes from being read", async () => {
  await open("busy");
  for (let n = 0; n < 70; n++) {
    changed("jobs");
    await pass(500);
  }
  expect(count("messages_page")).toBeGreaterThanOrEqual(1);
});

describe("the status bar says how it hears", () => {
  test("live", async () => {
    await open("busy");
    expect(status()).toMatch(/Live(?! data)/);
    expect(document.querySelector("footer .tone-ok")!.getAttribute("data-tip")).toBe("What other desks do shows at once, what other programs do within 3 s.");
    changed("jobs");
    await pass(12_000);
    expect(document.querySelector("footer .tone-ok")!.getAttribute("data-tip")).toContain("Last change 12 s ago.");
  });

  test("polling, and why", async () => {
    await open("polling");
    expect(status()).toContain("Polling every 3 s");
    expect(document.querySelector("footer [data-tip^='The server has no connection left']")).toBeTruthy();
  });

  test("offline since when, the data dimmed with its age, and everything read when it is back", async () => {
    await open("offline");
    await pass(2_500);
    expect(status()).toContain("Offline since 22:00");
    expect(screen.getByRole("alert").textContent).toMatch(/You see data from \d/);
    expect(document.querySelector(".columns.old")).toBeTruthy();
    expect(document.querySelector("nav.old")).toBeTruthy();
    expect(desk.messages.rows.length).toBeGreaterThan(0);
    asked.length = 0;
    await pass(10_500);
    expect([desk.lost, count("messages_page") > 0, count("message_counts") > 0]).toEqual([false, true, true]);
    expect(screen.queryByRole("alert")).toBe(null);
    expect(status()).toMatch(/Live/);
  });
});

test("the status words that are there narrow the leads, each with its count", async () => {
  await open("busy", "leads");
  const choice = screen.getByRole<HTMLSelectElement>("combobox", { name: "Status" });
  const words = [...choice.options].map((option) => option.text);
  expect(words[0]).toBe("Any status");
  const hot = Number(words.find((word) => word.startsWith("Hot · "))!.split(" · ")[1]);
  expect(words.slice(1).reduce((sum, word) => sum + Number(word.split(" · ")[1]), 0)).toBe(640);
  choice.value = "hot";
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  await pass(100);
  expect(desk.leads.rows.every((row) => row.status === "hot")).toBe(true);
  expect(document.querySelector("main header")!.textContent).toContain(`${hot} leads match`);
  expect([...choice.options].map((option) => option.text)).toEqual(words);
  screen.getByRole("button", { name: "Clear" }).click();
  await pass(100);
  expect([desk.leads.filter.status, choice.value]).toEqual([null, ""]);
});

test("an owned lead says since when, also where its message is shown", async () => {
  await open("busy");
  const row = desk.messages.rows.find((row) => row.owner)!;
  desk.messages.focusId = row.id;
  await pass(50);
  expect(row.owner_since).not.toBe(null);
  expect(desk.subject!.since).toBe(row.owner_since);
});

test("an act in doubt is settled when the database is back: the doubt goes, the receipt comes", async () => {
  await open("doubt", "leads");
  const lead = desk.leads.rows[0]!;
  void desk.take(lead.id, lead.name);
  await pass(100);
  expect(screen.getByText("It is not known whether this was written")).toBeTruthy();
  await pass(7_000);
  expect(screen.queryByText("It is not known whether this was written")).toBeNull();
  expect(document.querySelector(".toasts")!.textContent).toContain("the ledger shows that it was done");
  tell.get("desk://settled")!({ verb: "release", receipt: null });
  await pass(50);
  expect(document.querySelector(".toasts")!.textContent).toContain("Hand back: the connection broke, and the ledger shows that nothing was done.");
});

test("a password that is not accepted any more is asked for, and the data says how old it is", async () => {
  await open("refused");
  await pass(8_000);
  expect(status()).toContain("Offline since");
  expect(screen.getByText("The password is not accepted any more")).toBeTruthy();
  expect(screen.getByRole("alert").textContent).toMatch(/You see data from .* ago/);
  expect(document.querySelector(".columns")!.classList.contains("old")).toBe(true);
  screen.getByRole("button", { name: "Type the new one" }).click();
  await pass(100);
  expect(asked).toContain("connect_close");
});
