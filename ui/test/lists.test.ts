// The places that are lists beside the queue: leads, and the jobs of the queue.
import { cleanup, render, screen, within } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import App from "../src/App.svelte";
import { JOB_STATES, jobLook } from "../src/components/state";
import { commands } from "../src/ipc/commands";
import { mockTransport } from "../src/ipc/mock";
import type { Transport } from "../src/ipc/transport";
import { PAGE } from "../src/state/list.svelte";
import { Desk } from "../src/state/desk.svelte";
import { LookState } from "../src/state/look.svelte";
import { freshPage, pass, press } from "./page";

freshPage();

let desk: Desk;
/** `answers` stands in for single commands. */
async function open(scenario: string, answers: Record<string, () => unknown> = {}) {
  const mock = mockTransport(scenario);
  const asked: string[] = [];
  const transport: Transport = {
    ...mock,
    call: async <T>(command: string, args?: Record<string, unknown>) => {
      asked.push(command);
      return answers[command] ? ((await answers[command]()) as T) : mock.call<T>(command, args);
    },
  };
  desk = new Desk(commands(transport));
  render(App, { desk, look: new LookState("light") });
  void desk.open();
  await pass(100);
  return asked;
}
async function go(letter: string) {
  await press("KeyG");
  await press(letter);
}
const seen = () => document.body.textContent + [...document.querySelectorAll("*")].flatMap((e) => e.getAttributeNames().map((name) => e.getAttribute(name))).join(" ");
const peek = (name: string) => screen.getByRole("complementary", { name });
const header = () => document.querySelector("main header")!.textContent;
const heads = () => screen.getAllByRole("columnheader").map((head) => head.textContent!.trim());

beforeEach(() => {
  // Wide enough for the peek to stand beside the grid.
  window.innerWidth = 1280;
});
afterEach(() => {
  desk.close();
});

describe("leads", () => {
  test("G L opens them, newest first, and only then they are read", async () => {
    const asked = await open("busy");
    expect(asked).not.toContain("leads_page");
    await go("KeyL");
    expect(location.hash).toBe("#/leads");
    expect(heads()).toEqual(["Lead", "Phone", "Status", "Owner", "Waiting", "Last sent", "Created"]);
    expect(screen.getByRole("columnheader", { name: "Created" }).getAttribute("aria-sort")).toBe("descending");
    const times = desk.leads.rows.map((row) => row.created_at!);
    expect(times).toEqual([...times].sort().reverse());
    expect(within(screen.getByRole("navigation")).getByRole("link", { name: "Leads" }).getAttribute("aria-current")).toBe("page");
    expect(desk.leads.rows.length).toBe(PAGE);
    expect(header()).toContain("640 leads · counted just now");
  });

  test("pages are walked to the end, every row once, and a refresh keeps what is shown", async () => {
    await open("busy");
    await go("KeyL");
    while (!desk.leads.complete) {
      void desk.leads.more();
      await pass(50);
    }
    expect(desk.leads.rows.length).toBe(640);
    expect(new Set(desk.leads.rows.map((row) => row.id)).size).toBe(640);
    expect(header()).toContain("640 leads");
    void desk.refresh();
    await pass(400);
    expect(desk.leads.rows.length).toBe(640);
  });

  test("whose and search narrow, a second press takes it back, an empty answer says why", async () => {
    await open("busy");
    await go("KeyL");
    const chip = (name: string) => screen.getByRole("button", { name });
    chip("Mine").click();
    await pass(100);
    expect(chip("Mine").getAttribute("aria-pressed")).toBe("true");
    expect(desk.leads.rows.length).toBeGreaterThan(0);
    expect(desk.leads.rows.every((row) => row.owner_is_me)).toBe(true);
    chip("Free").click();
    await pass(100);
    expect(desk.leads.rows.every((row) => row.owner_id === null)).toBe(true);
    chip("Free").click();
    await pass(100);
    expect(desk.leads.filtered).toBe(false);

    await press("Slash");
    await pass(50);
    expect([document.activeElement?.id, desk.route.place]).toEqual(["find", "leads"]);
    const field = document.activeElement as HTMLInputElement;
    field.value = "nobody at all";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await pass(400);
    expect(screen.getByRole("heading", { name: "No lead matches “nobody at all”" })).toBeTruthy();
    screen.getByRole("button", { name: "Clear the filter" }).click();
    await pass(100);
    expect([desk.leads.rows.length, field.value]).toEqual([PAGE, ""]);
    // The queue was not narrowed by it.
    expect(desk.messages.filtered).toBe(false);
  });

  test("J, Space and T: take the lead in focus, and Z hands it back", async () => {
    await open("busy");
    await go("KeyL");
    const first = desk.leads.rows[0]!;
    await press("KeyJ");
    const { id, name } = desk.leads.focused!;
    expect(id).not.toBe(first.id);
    expect(peek("Lead").textContent).toContain(name);
    expect(peek("Lead").textContent).toContain("Nobody has this lead");
    await press("KeyT");
    expect(desk.receipts.notes.at(-1)?.receipt).toMatchObject({ action: "take", changed: 1 });
    expect(desk.leads.focused).toMatchObject({ id, owner_is_me: true });
    expect(peek("Lead").textContent).toContain("You have this lead");
    await press("KeyZ");
    expect(desk.leads.focused).toMatchObject({ id, owner_id: null });
    await press("Space");
    expect(screen.queryByRole("complementary", { name: "Lead" })).toBe(null);
  });

  test("a colleague's lead is asked about first, with since when; R hands back with a reason", async () => {
    await open("busy");
    await go("KeyL");
    const row = desk.leads.rows.find((r) => r.owner_id && !r.owner_is_me)!;
    desk.leads.focusId = row.id;
    await pass(50);
    await press("KeyT");
    expect(screen.getByRole("dialog", { hidden: true }).textContent).toMatch(new RegExp(`${row.owner} has this lead since .+: take it over\\?`));
    expect(desk.receipts.notes).toEqual([]);
    await press("Enter");
    expect(desk.leads.focused).toMatchObject({ id: row.id, owner_is_me: true });
    await press("KeyR");
    expect(desk.route.dialog).toBe("handback");
    within(screen.getByRole("dialog", { hidden: true })).getByRole("button", { name: "Hand back", hidden: true }).click();
    await pass(400);
    expect(desk.leads.focused).toMatchObject({ id: row.id, owner_id: null });
  });

  test("T is about a row on the screen, never about one that is not", async () => {
    await open("busy");
    await go("KeyA");
    await press("KeyT");
    expect([desk.receipts.notes.length, desk.route.dialog]).toEqual([0, null]);
  });

  test("an opted-out lead has a shape and a word, in the row, its name and the peek", async () => {
    await open("busy");
    await go("KeyL");
    const row = desk.leads.rows.find((r) => r.opted_out && r.name)!;
    desk.leads.focusId = row.id;
    await pass(50);
    const line = document.querySelector('[role="row"][aria-selected="true"]')!;
    expect(line.getAttribute("aria-label")).toContain("Opted out");
    expect(line.querySelector(".tone-cancelled use")?.getAttribute("href")).toBe("#i-cancelled");
    expect(peek("Lead").textContent).toContain("This person asked for no messages.");
  });

  test("privacy mode hides their names and phones", async () => {
    await open("busy");
    await go("KeyL");
    await press("KeyH");
    for (const row of desk.leads.rows.slice(0, 10)) for (const secret of [row.name!, `${row.phone!.slice(-7, -4)}-${row.phone!.slice(-4)}`]) expect(seen()).not.toContain(secret);
    await press("KeyT");
    expect(seen()).not.toContain(desk.leads.focused!.name);
  });

  test("loading, nothing there and an error each say so", async () => {
    let answer: () => unknown = () => new Promise(() => {});
    await open("busy", { leads_page: () => answer() });
    await go("KeyL");
    expect(screen.getByRole("status", { name: "Loading the leads" })).toBeTruthy();
    cleanup();
    desk.close();
    location.hash = "#/leads";
    answer = () => ({ rows: [], next: null });
    await open("busy", { leads_page: () => answer() });
    await pass(400);
    expect(screen.getByRole("heading", { name: "There is no lead" })).toBeTruthy();
    answer = () => Promise.reject({ code: "no_permission", message: "No leads for you.", retryable: false });
    void desk.refresh();
    await pass(400);
    expect(screen.getByRole("alert").textContent).toContain("The leads could not be read");
    answer = () => ({ rows: [], next: null });
    screen.getByRole("button", { name: "Try again" }).click();
    await pass(800);
    expect(screen.getByRole("heading", { name: "There is no lead" })).toBeTruthy();
  });
});

describe("jobs", () => {
  test("the switch of the queue shows them, and leads back; keys go on working on it", async () => {
    await open("busy");
    screen.getByRole("radio", { name: "Jobs" }).click();
    await pass(400);
    expect([desk.route.place, location.hash]).toEqual(["jobs", "#/jobs"]);
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Queue");
    expect(within(screen.getByRole("navigation")).getByRole("link", { name: "Queue" }).getAttribute("aria-current")).toBe("page");
    expect(heads()).toEqual(["State", "Lead", "Kind", "Progress", "Operator", "Tries", "Error", "Created"]);
    expect(header()).toContain(`${desk.jobs.rows.length} jobs`);
    screen.getByRole<HTMLInputElement>("radio", { name: "Jobs" }).focus();
    await press("KeyJ");
    expect(desk.jobs.focusId).toBe(desk.jobs.rows[1]!.id);
    await go("KeyQ");
    expect(screen.getByRole("grid", { name: "Messages" })).toBeTruthy();
    await go("KeyJ");
    expect(screen.getByRole("grid", { name: "Jobs" })).toBeTruthy();
  });

  test("states filter and have a shape and a word each; an operator of the sidebar narrows the jobs", async () => {
    await open("live");
    await go("KeyJ");
    const chips = within(screen.getByRole("group", { name: "State" }));
    expect(chips.getAllByRole("button").map((chip) => chip.textContent!.trim())).toEqual(["Queued", "Processing", "Completed", "Failed", "Cancelled"]);
    expect(new Set(JOB_STATES.map((state) => jobLook(state).icon)).size).toBe(5);
    expect(jobLook("paused")).toMatchObject({ icon: "unknown", word: "Paused" });
    chips.getByRole("button", { name: "Failed" }).click();
    await pass(400);
    expect(desk.jobs.rows.length).toBeGreaterThan(0);
    expect(desk.jobs.rows.every((row) => row.state === "failed")).toBe(true);
    expect(peek("Job").textContent).toContain(desk.jobs.focused!.error);
    chips.getByRole("button", { name: "Failed" }).click();
    await pass(100);
    const operator = () => within(screen.getByRole("navigation")).getByRole("button", { name: /^Amir Haddad/ });
    operator().click();
    await pass(400);
    expect([desk.route.place, operator().getAttribute("aria-pressed"), desk.messages.filtered]).toEqual(["jobs", "true", false]);
    expect(desk.jobs.rows.every((row) => row.operator === "Amir Haddad")).toBe(true);
    screen.getByRole("button", { name: "Remove the filter Amir Haddad" }).click();
    await pass(100);
    expect(desk.jobs.filtered).toBe(false);
  });

  test("are only looked at: T and R do nothing, and no button offers them", async () => {
    await open("busy");
    await go("KeyJ");
    await press("KeyT");
    await press("KeyR");
    expect([desk.receipts.notes.length, desk.route.dialog]).toEqual([0, null]);
    expect(screen.queryByRole("button", { name: /Take|Hand back|Export/ })).toBe(null);
  });

  test("privacy mode hides the names in their errors too", async () => {
    await open("busy");
    await go("KeyJ");
    desk.jobs.toggle("state", "failed");
    await pass(400);
    await press("KeyH");
    expect(desk.jobs.rows.length).toBeGreaterThan(0);
    for (const row of desk.jobs.rows) expect(seen()).not.toContain(row.lead_name);
  });

  test("a change of jobs or leads is read again by the list on the screen only", async () => {
    const asked = await open("busy");
    await go("KeyJ");
    asked.length = 0;
    const id = desk.messages.rows.find((row) => row.lane === "queued" && !row.owner)!.lead_id!;
    void desk.take(id, null);
    await pass(1500);
    expect(desk.jobs.rows.find((row) => row.lead_id === id)?.state).toBe("cancelled");
    expect([asked.includes("jobs_page"), asked.includes("leads_page")]).toEqual([true, false]);
  });
});
