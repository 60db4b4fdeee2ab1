import { cleanup, render, screen } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, expect, test, vi } from "vitest";
import Root from "../src/Root.svelte";
import { commands } from "../src/ipc/commands";
import { mockTransport } from "../src/ipc/mock";
import { readAddress } from "../src/state/address";
import { LookState } from "../src/state/look.svelte";
import { freshPage, pass } from "./page";

freshPage();

let calls: { command: string; args: Record<string, unknown> | undefined }[] = [];

async function open(scenario: string) {
  const transport = mockTransport(scenario);
  calls = [];
  const call: typeof transport.call = (command, args) => (calls.push({ command, args }), transport.call(command, args));
  render(Root, { api: commands({ ...transport, call }), look: new LookState("light") });
  await pass(150);
}
const text = () => document.body.textContent ?? "";
const field = (label: string) => screen.getByLabelText(label) as HTMLInputElement;
async function fill(label: string, value: string) {
  field(label).value = value;
  field(label).dispatchEvent(new Event("input", { bubbles: true }));
  await tick();
}
async function press(name: string | RegExp) {
  screen.getByRole("button", { name }).click();
  await pass(10);
}
async function testServer(host: string, login = "desk_noa", password = "s3cret") {
  await fill("Host", host);
  await fill("User", login);
  await fill("Password", password);
  await press(/^Test the connection/);
  await pass(3_000);
}

afterEach(() => {
  cleanup();
  vi.clearAllTimers();
  vi.useRealTimers();
});

test("a first start shows three answers, and the sample opens the queue", async () => {
  await open("first");
  expect(screen.getAllByRole("radio", { name: /sample leads|our CRM|empty database/ }).length).toBe(3);
  expect(text()).toContain("Not connected");
  screen.getByRole("radio", { name: /sample leads/ }).click();
  await pass(10);
  await press("Open the sample");
  expect(text()).toContain("takes up to 20 seconds");
  await pass(1_500);
  expect(screen.getByRole("button", { name: /^Prepare tomorrow/ })).toBeTruthy();
});

test("the steps appear as they are known, and a ready database opens", async () => {
  await open("first");
  await fill("Host", "fresh.harbour.example");
  await fill("User", "desk_noa");
  await fill("Password", "s3cret");
  await press(/^Test the connection/);
  await pass(400);
  expect([text().includes("Port 5432 answers."), text().includes("PostgreSQL 17.4.")]).toEqual([true, false]);
  await pass(3_000);
  expect(text()).toContain("Ready");
  expect(document.activeElement?.textContent).toContain("Open the queue");
  await press(/^Open the queue/);
  await pass(800);
  expect(text()).toContain("fresh.harbour.example/postgres");
});

test("a password goes over once, and leaves the form when the server has accepted it", async () => {
  await open("first");
  await testServer("fresh.harbour.example");
  await press("Change");
  expect([field("Password").value, field("Password").placeholder]).toEqual(["", "Known from before, for this run"]);
  await press(/^Test the connection/);
  await pass(3_000);
  await press(/^Open the queue/);
  await pass(800);
  expect(calls.filter(({ args }) => JSON.stringify(args ?? {}).includes("s3cret")).map(({ command }) => command)).toEqual(["profile_test"]);
  expect(text() + document.body.innerHTML).not.toContain("s3cret");
});

test("what stops the way is at its step, its field is marked, and the rest is not known", async () => {
  await open("first");
  await testServer("fresh.example", "desk_noa", "wrong");
  expect(field("Password").getAttribute("aria-invalid")).toBe("true");
  expect(field("Password").value).toBe("wrong");
  expect(screen.getAllByRole("img", { name: "Not known" }).length).toBe(4);
  await testServer("expired.example");
  expect(text()).toContain("has expired");
  await fill("Port", "no");
  await press(/^Test the connection/);
  await pass(100);
  expect(screen.getByRole("alert").textContent).toContain("The port is a number");
});

test("a transaction pooler is named before anything is tried, with the port that fits", async () => {
  await open("first");
  await fill("Port", "6543");
  expect(screen.getByRole("alert").textContent).toContain("transaction pooler");
  await press("Use 5432");
  expect(field("Port").value).toBe("5432");
  expect(screen.queryByRole("alert")).toBe(null);
});

test("a pasted URL fills the fields, and its password only the password's", async () => {
  await open("first");
  await press("Paste a connection string");
  const event = new Event("paste", { bubbles: true, cancelable: true });
  Object.assign(event, { clipboardData: { getData: () => "postgresql://postgres.abc:p%40ss@aws-0-eu.pooler.supabase.com:5432/postgres?sslmode=require" } });
  expect(field("Connection string").type).toBe("password");
  field("Connection string").dispatchEvent(event);
  await tick();
  expect([field("Host").value, field("User").value, field("Password").value, field("Password").type, field("TLS").value]).toEqual(["aws-0-eu.pooler.supabase.com", "postgres.abc", "p@ss", "password", "require"]);
  expect(text()).not.toContain("p@ss");
});

test("connection strings of every kind are read, and nothing else", () => {
  const parts = (line: string) => {
    const a = readAddress(line);
    return a && [a.host, a.port, a.database, a.login, a.password, a.tls];
  };
  expect(parts("postgres://desk@localhost/crm")).toEqual(["localhost", "5432", "crm", "desk", "", null]);
  expect(parts("  psql 'postgresql://desk:a:b@h:6432/x?sslmode=verify-full' ")).toEqual(["h", "6432", "x", "desk", "a:b", "verify-full"]);
  expect(parts("postgresql://u:p@ss/w#rd@db.example.com:5432/postgres")).toEqual(["db.example.com", "5432", "postgres", "u", "p@ss/w#rd", null]);
  expect(parts("postgresql://postgres.ref:[YOUR-PASSWORD]@h.pooler.supabase.com:5432/postgres")).toEqual(["h.pooler.supabase.com", "5432", "postgres", "postgres.ref", "", null]);
  expect(parts("postgresql://u@[::1]:5433/x")).toEqual(["[::1]", "5433", "x", "u", "", null]);
  expect(parts("host=h port=5433 dbname=crm user=u password='a b' sslmode=disable")).toEqual(["h", "5433", "crm", "u", "a b", "disable"]);
  for (const line of ["", "mysql://x", "select 1", "db.example.com"]) expect(parts(line)).toBe(null);
});

test("an unprepared CRM shows every step first, does them, and can be stopped between two", async () => {
  await open("first");
  await testServer("crm.harbour.example", "postgres");
  expect(text()).toContain("This CRM is not set up for Queue Desk yet");
  await press("See the 6 steps");
  expect(text()).toContain("SHARE UPDATE EXCLUSIVE");
  expect(calls.some(({ command }) => command === "setup_apply")).toBe(false);
  await press("Do the 6 steps");
  await pass(700);
  expect(screen.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("1");
  await press("Stop after this step");
  await pass(800);
  expect(text()).toContain("are done and stay");
  await press(/^Go on, \d are left/);
  await pass(6_000);
  expect(text()).toContain("Ready");
});

test("who may not set it up is sent to the admin, and may look", async () => {
  await open("first");
  await testServer("crm.harbour.example");
  expect(text()).toContain("Ask your admin.");
  expect(screen.queryByRole("button", { name: /^See the/ })).toBe(null);
  expect(screen.getByRole("button", { name: "Look at it" })).toBeTruthy();
});

test("switching asks while automation runs; afterwards no row of the old database is left", async () => {
  await open("busy");
  const name = "Maya Rotem";
  expect(text()).toContain(name);
  await press(/^Start automation/);
  await pass(300);
  await press("Switch database");
  expect(text()).toContain("Automation is running on this desk");
  expect(calls.some(({ command }) => command === "connect_close")).toBe(false);
  await press("Stop and switch");
  await pass(500);
  expect(text()).toContain("Where do your leads live?");
  expect(text()).not.toContain(name);
  const asked = calls.length;
  await pass(30_000);
  expect(calls.slice(asked).map(({ command }) => command)).toEqual([]);
});

test("a place that asks for its password is not tried without it", async () => {
  await open("again");
  expect([field("Host").value, field("User").value]).toEqual(["db.harbour.example", "desk_noa"]);
  expect(document.activeElement).toBe(field("Password"));
  expect(text()).toContain("type it again");
  await pass(30_000);
  expect(calls.filter(({ command }) => command === "session").length).toBe(1);
});

test("a saved connection opens with one click, and is removed only after a question", async () => {
  await open("saved");
  await press("Open Staging");
  await pass(500);
  const opened = calls.find(({ command }) => command === "connect_open")!.args as { to: { profile: { name: string; in_keychain: boolean } }; password: unknown };
  expect([opened.to.profile.name, opened.to.profile.in_keychain, opened.password]).toEqual(["Staging", true, null]);
  cleanup();
  await open("saved");
  await press("More for Office");
  screen.getByRole("menuitem", { name: "Remove" }).click();
  await pass(10);
  expect(text()).toContain("Remove Office and its password?");
  expect(calls.some(({ command }) => command === "profile_remove")).toBe(false);
  await press("Remove");
  expect(calls.find(({ command }) => command === "profile_remove")!.args).toEqual({ title: "Office" });
  expect(screen.queryByRole("button", { name: "Open Office" })).toBeNull();
});

test("without a keychain the box stays empty and says why", async () => {
  await open("nokeychain");
  const box = field("Remember the password in the keychain");
  box.click();
  await pass(10);
  expect(box.checked).toBe(false);
  expect(text()).toContain("The keychain cannot be used: none answers.");
  await press("For this run only");
  expect(text()).not.toContain("none answers");
});

test("the guard asks before automation starts, and not before it stops", async () => {
  await open("guarded");
  const automation = () => calls.filter(({ command }) => command.startsWith("automation_st") && command !== "automation_status").map(({ command }) => command);
  document.body.dispatchEvent(new KeyboardEvent("keydown", { code: "KeyP", bubbles: true }));
  await pass(50);
  expect(text()).toContain("Do this here?");
  expect(automation()).toEqual([]);
  screen.getAllByRole("button", { name: /^Start automation/ }).at(-1)!.click();
  await pass(300);
  expect(automation()).toEqual(["automation_start"]);
});
