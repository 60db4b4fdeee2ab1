import { render, screen, within } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import App from "../src/App.svelte";
import { tokens } from "../src/components/sql";
import type { Finding } from "../src/ipc/bindings/Finding";
import { commands } from "../src/ipc/commands";
import { mockTransport } from "../src/ipc/mock";
import { inventReport } from "../src/ipc/mock-schema";
import { Desk } from "../src/state/desk.svelte";
import { LookState } from "../src/state/look.svelte";
import { sectionsOf } from "../src/state/schema.svelte";
import { bytesOf, countOf, lookOf, scriptOf, sentence } from "../src/views/schema/words";
import { freshPage, pass } from "./page";

freshPage();

const report = inventReport("findings", "2026-11-24T12:32:00Z");
const unknown = report.findings.find((f) => f.status === "unknown")!;

describe("what a report says", () => {
  test("every finding is in one section, and only what passed is in the last", () => {
    const sections = sectionsOf(report.findings);
    expect(sections.map(({ name, count }) => [name, count])).toEqual([["needs", 3], ["unknown", 4], ["info", 2], ["passed", 17]]);
    expect(sections.flatMap((s) => s.items).reduce((sum, item) => sum + item.findings.length, 0)).toBe(report.findings.length);
    expect(sections.at(-1)!.items.every((item) => item.findings.every((f) => f.status === "pass"))).toBe(true);
  });

  test("one reason that makes many things unknown is said once; failures stay apart", () => {
    const [needs, notKnown] = sectionsOf(report.findings);
    expect(needs!.items.length).toBe(3);
    expect(notKnown!.items.map((item) => item.findings.length)).toEqual([3, 1]);
  });

  test.each(["error", "warn", "info"] as const)("unknown is violet whatever its weight (%s), never green", (level) => {
    expect(lookOf({ ...unknown, level })).toMatchObject({ tone: "tone-unknown", icon: "unknown", word: "Not known" });
  });

  test("a status of a later version is not a pass", () => {
    const odd = { ...unknown, status: "skipped" as Finding["status"] };
    expect(lookOf(odd).tone).toBe("tone-unknown");
    expect(sectionsOf([odd])[0]!.name).toBe("unknown");
  });

  test("a failure is told by what was found, in one sentence and the rest", () => {
    const why = (text: string) => sentence({ ...report.findings[0]!, why: text });
    expect(why("214 of 12,480 rows point to nothing in auth.users. There is no key.")).toEqual({ title: "214 of 12,480 rows point to nothing in auth.users", rest: "There is no key." });
    expect(why("It is off: anon may reach every row")).toEqual({ title: "It is off: anon may reach every row", rest: "" });
  });

  test("the statements of a fix are one script, its steps without a statement are left out", () => {
    const script = scriptOf(report.findings[0]!.fix!);
    expect(script.match(/^-- /gm)?.length).toBe(3);
    expect(script.endsWith("validate constraint whatsapp_message_queue_user_id_fkey;")).toBe(true);
    expect(scriptOf({ words: "Look at them.", steps: [] })).toBe("");
  });

  test("a count says how far it can be trusted", () => {
    const counted = (count: number | null, counted: "exact" | "at_least" | "estimate") => countOf({ ...unknown, evidence: { count, counted, sample: [], sql: null } });
    expect([counted(214, "exact"), counted(1000, "at_least"), counted(4200, "estimate"), counted(null, "exact")]).toEqual(["214", "1,000+", "about 4,200", null]);
  });

  test("bytes are told in their unit", () => {
    expect([bytesOf(8192), bytesOf(31_457_280), bytesOf(1_500_000_000)]).toEqual(["8.0 kB", "30 MB", "1.4 GB"]);
  });

  test("SQL is coloured and not changed", () => {
    const sql = "-- all of them\nselect 'it''s' from t where a is null;";
    expect(tokens(sql).map((token) => token.text).join("")).toBe(sql);
    expect(tokens(sql).filter((token) => token.kind !== "plain").map((token) => token.text)).toEqual(["-- all of them", "select", "'it''s'", "from", "where", "is", "null"]);
  });
});

describe("the screen", () => {
  let desk: Desk;
  async function open(scenario: string) {
    desk = new Desk(commands(mockTransport(scenario)));
    render(App, { desk, look: new LookState("light") });
    void desk.open();
    await pass(100);
  }
  async function press(code: string) {
    (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { code, key: code, bubbles: true, cancelable: true }));
    await pass(100);
  }
  async function go() {
    await press("KeyG");
    await press("KeyS");
  }
  const shown = (words: RegExp | string) => screen.queryAllByText(words).length > 0;

  beforeEach(() => {
    location.hash = "";
  });
  afterEach(() => {
    desk.close();
  });

  test("G S opens it, loading first; the worst is open, J walks on, the sidebar counts what failed", async () => {
    await open("finding");
    await go();
    expect(screen.getByRole("status", { name: "Checking" })).toBeTruthy();
    await pass(700);
    expect(screen.getByRole("option", { selected: true }).textContent).toContain("214 of 12,480 rows point to nothing in auth.users");
    expect(shown("Blocks Prepare and Automation")).toBe(true);
    expect(shown(/3 need you · 4 not known/)).toBe(true);
    expect(within(screen.getByRole("navigation")).getByRole("img", { name: "3 failed checks" }).textContent).toBe("3");
    for (let n = 0; n < 3; n++) await press("KeyJ");
    expect(screen.getByRole("option", { selected: true }).textContent).toContain("No row points nowhere");
    expect(shown("Why it is not known")).toBe(true);
    expect(shown("public.clients.user_id")).toBe(true);
  });

  test("the SQL goes to the clipboard, and the button says so", async () => {
    const writeText = vi.fn(async () => {});
    Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText } });
    await open("finding");
    await go();
    await pass(700);
    screen.getAllByRole("button", { name: "Copy SQL" }).at(-1)!.click();
    await pass(50);
    expect(writeText).toHaveBeenCalledWith(report.findings[0]!.evidence.sql);
    expect(screen.getByRole("button", { name: "Copied" })).toBeTruthy();
  });

  test("it says what the four actions would do, and leads to the finding", async () => {
    await open("finding");
    await go();
    await pass(700);
    const actions = screen.getByRole("region", { name: "What the four actions would do here" });
    expect(within(actions).getAllByRole("button").slice(0, 4).map((b) => b.querySelector(".state")!.textContent)).toEqual(["Blocked", "Blocked", "Works", "Works"]);
    within(actions).getByRole("button", { name: /Take lead/ }).click();
    await pass(50);
    expect(screen.getByRole("option", { selected: true }).textContent).toContain("human_controlled");
    expect(shown(/1 new, 1 gone/)).toBe(true);
    within(actions).getByRole("button", { name: /Since the check/ }).click();
    await pass(50);
    expect(within(screen.getByRole("dialog")).getByText("The question has its index")).toBeTruthy();
  });

  test("the report is saved in the form that was chosen, and the name of the file is said", async () => {
    await open("finding");
    await go();
    await pass(700);
    screen.getByRole("button", { name: "Report" }).click();
    await pass(50);
    screen.getByRole("radio", { name: /code review/ }).click();
    screen.getByRole("button", { name: "Choose a file" }).click();
    await pass(100);
    expect(shown("Saved as schema-2026-11-24-1432.sarif")).toBe(true);
  });

  test("the preview of a migration shows steps and references with their locks, and who is in the way; mending it shows the balance", async () => {
    await open("finding");
    await go();
    await pass(700);
    screen.getByRole("button", { name: "Preview migration" }).click();
    await pass(400);
    const dialog = screen.getByRole("dialog");
    expect(within(dialog).getByText(/3 steps are pending, 41 done; 1 reference is not whole/)).toBeTruthy();
    expect(within(dialog).getByText(/1 session would hold it up now/)).toBeTruthy();
    expect(within(dialog).getByText(/Locks public.whatsapp_message_queue .share update exclusive./)).toBeTruthy();
    expect(within(dialog).getByText(/214 of 12,480 rows point nowhere: moved to quarantine/)).toBeTruthy();
    const mend = within(dialog).getByRole("button", { name: "Mend" });
    expect(mend.getAttribute("aria-disabled")).toBe("true");
    within(dialog).getByRole("checkbox", { name: /There is a backup/ }).click();
    await pass(50);
    mend.click();
    await pass(700);
    expect(within(dialog).getByText("Step 43 of 44")).toBeTruthy();
    within(dialog).getByRole("button", { name: "Stop after this step" }).click();
    await pass(1_000);
    expect(within(dialog).getByText(/What is done stays done, and is whole/)).toBeTruthy();
    const before = desk.schema.value;
    within(dialog).getByRole("button", { name: "Go on mending" }).click();
    await pass(2_500);
    expect(within(dialog).getByText("3 steps applied")).toBeTruthy();
    expect(within(dialog).getByText("public.whatsapp_message_queue").closest("tr")!.textContent).toContain("−214");
    await pass(1_000);
    expect(desk.schema.value).not.toBe(before);
  });

  test("who may not mend is told why, and saves the script", async () => {
    await open("notmigrated");
    screen.getByRole("button", { name: "Check the schema" }).click();
    await pass(800);
    desk.route.dialog = "migration";
    await pass(400);
    const dialog = screen.getByRole("dialog");
    expect(within(dialog).getByText(/does not own the CRM’s tables/)).toBeTruthy();
    expect(within(dialog).queryByRole("button", { name: "Mend" })).toBe(null);
    within(dialog).getByRole("button", { name: "Save SQL script" }).click();
    await pass(50);
    expect(within(dialog).getByText("Saved as queue-desk-migration.sql")).toBeTruthy();
  });

  test("rows moved aside are listed by key and reason, and put back or kept out", async () => {
    await open("finding");
    await go();
    await pass(700);
    screen.getByRole("option", { name: /wait for a person/ }).click();
    await pass(50);
    screen.getByRole("button", { name: "See the rows" }).click();
    await pass(50);
    const dialog = screen.getByRole("dialog");
    expect(within(dialog).getAllByRole("row").length).toBe(8);
    within(dialog).getAllByRole("checkbox")[1]!.click();
    await pass(50);
    within(dialog).getByRole("button", { name: "Put 1 back" }).click();
    await pass(50);
    expect(within(dialog).getByText("Nothing changed")).toBeTruthy();
    expect(within(dialog).getByText(/what it points to is missing/)).toBeTruthy();
    within(dialog).getByRole("button", { name: "Keep 1 out" }).click();
    await pass(50);
    expect(within(dialog).getByText("1 row stays out")).toBeTruthy();
    within(dialog).getByRole("button", { name: "Put all back" }).click();
    await pass(50);
    expect(within(dialog).getByText("3 rows put back")).toBeTruthy();
    expect(within(dialog).getAllByRole("row").length).toBe(4);
  });

  test("it is checked again on demand, and the list stays meanwhile", async () => {
    await open("finding");
    await go();
    await pass(700);
    const before = desk.schema.value;
    screen.getByRole("button", { name: "Check again" }).click();
    await pass(100);
    expect(screen.getByRole("button", { name: "Checking" }).getAttribute("aria-busy")).toBe("true");
    expect(screen.getAllByRole("option").length).toBeGreaterThan(5);
    await pass(700);
    expect(desk.schema.value).not.toBe(before);
  });

  test("an answer without a finding is not a pass, and an error says so", async () => {
    await open("fresh");
    await go();
    await pass(700);
    expect(shown("Nothing was checked")).toBe(true);
    expect(screen.queryByRole("option")).toBe(null);
    desk.schema.value = null;
    desk.schema.error = { code: "internal", message: "The catalogue could not be read.", retryable: false };
    await pass(50);
    expect(shown("The schema could not be checked")).toBe(true);
    expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
  });

  test("a login that is no admin may look, and is told who mends; it is not checked by itself", async () => {
    await open("live");
    await pass(10_000);
    expect(desk.schema.value).toBe(null);
    await go();
    await pass(700);
    expect(desk.schema.value!.findings.length).toBeGreaterThan(0);
    desk.schema.value = report;
    await pass(50);
    expect(shown("For the admin: this login may look, not mend.")).toBe(true);
  });

  test("a database that is not set up can be looked at, and left again", async () => {
    await open("notmigrated");
    screen.getByRole("button", { name: "Check the schema" }).click();
    await pass(800);
    expect(screen.getAllByRole("option").length).toBeGreaterThan(5);
    expect(screen.queryByRole("button", { name: "Stop everything" })).toBe(null);
    screen.getByRole("button", { name: "Back" }).click();
    await pass(50);
    expect(shown("This CRM is not set up for Queue Desk yet")).toBe(true);
  });
});
