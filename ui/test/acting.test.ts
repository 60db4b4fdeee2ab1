import { render, screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import Root from "../src/Root.svelte";
import { commands } from "../src/ipc/commands";
import { mockTransport } from "../src/ipc/mock";
import { OPERATORS } from "../src/ipc/mock-data";
import type { Transport } from "../src/ipc/transport";
import { LookState } from "../src/state/look.svelte";
import type { Session } from "../src/ipc/bindings/Session";
import { button, click, dialog, freshPage, pass, press } from "./page";

freshPage();

const [NOA, OTHER] = [OPERATORS[0]!.name, OPERATORS[2]!.name];
let transport: Transport;
/** What the window called, in its order. */
let called: string[];
/** Changes what `session` answers, as if the database had changed its mind. */
let twist: (session: Session) => Session;

async function open(scenario = "busy") {
  const mock = mockTransport(scenario);
  called = [];
  twist = (session) => session;
  transport = {
    ...mock,
    async call<T>(command: string, args?: Record<string, unknown>): Promise<T> {
      called.push(command);
      const answer = await mock.call<T>(command, args);
      return command === "session" ? (twist(answer as Session) as T) : answer;
    },
  };
  render(Root, { api: commands(transport), look: new LookState("light") });
  await pass(300);
}
const band = () => document.querySelector<HTMLElement>(".band:has(b.any)");
const identity = () => document.querySelector("nav .names")!.textContent.replace(/\s+/g, " ").trim();

async function actForOther() {
  await press("KeyA", { shiftKey: true });
  await click(dialog().getByRole("radio", { name: new RegExp(OTHER), hidden: true }));
  await click(button(`Act for ${OTHER}`, dialog()));
}

test("an admin chooses for whom to act, and every place says so until it is stopped", async () => {
  await open();
  expect(band()).toBeNull();
  await click(document.querySelector<HTMLElement>("nav button.names")!);
  expect(dialog().queryByRole("radio", { name: new RegExp(NOA), hidden: true })).toBeNull();
  expect(button("Act for them", dialog()).getAttribute("aria-disabled")).toBe("true");
  await press("Escape");
  await actForOther();
  expect(screen.queryByRole("dialog", { hidden: true })).toBeNull();
  for (const place of ["queue", "jobs", "leads", "automation", "ledger", "schema"]) {
    location.hash = `/${place}`;
    window.dispatchEvent(new Event("hashchange"));
    await pass(300);
    expect(band()!.textContent).toContain(`Acting for ${OTHER}`);
    expect(identity()).toContain(`${NOA} for ${OTHER}`);
  }
  await click(button("Stop acting"));
  expect(band()).toBeNull();
  expect(identity()).not.toContain(OTHER);
});

test("what is done is theirs: the toast, the receipt and the lead's time name both", async () => {
  await open();
  await actForOther();
  location.hash = "/leads";
  window.dispatchEvent(new Event("hashchange"));
  await pass(300);
  await press("ArrowDown");
  await press("KeyT");
  const toast = document.querySelector(".toast")!;
  expect(toast.textContent).toContain(`is with \u2068${OTHER}\u2069`);
  expect(toast.textContent).toContain(`${NOA} for ${OTHER}`);
  // It is theirs, so this window may hand it back, and calls it theirs.
  expect(screen.getAllByRole("button", { name: /^Hand back/ }).length).toBeGreaterThan(0);
  await press("Enter");
  await pass(400);
  expect(screen.getByText(new RegExp(`${OTHER} has this lead`))).toBeTruthy();
  expect(screen.getByText(new RegExp(`${NOA} for ${OTHER} took this lead`))).toBeTruthy();
  await press("KeyN");
  expect(dialog().getByText(new RegExp(`For ${OTHER}\\.`))).toBeTruthy();
});

test("in the operators' place each of the others has the same way", async () => {
  await open();
  await click(button("Settings"));
  await click(button(/^Operators/));
  expect(dialog().queryByRole("button", { name: `Act for ${NOA}`, hidden: true })).toBeNull();
  await click(button(`Act for ${OTHER}`, dialog()));
  expect(band()!.textContent).toContain(`Acting for ${OTHER}`);
});

test("who is no admin has no way to it", async () => {
  await open("live");
  await press("KeyA", { shiftKey: true });
  expect(screen.queryByRole("dialog", { hidden: true })).toBeNull();
  expect(document.querySelector("nav button.names")).toBeNull();
  await press("Slash", { shiftKey: true });
  expect(dialog().queryByText("Act for an operator")).toBeNull();
});

test.each([
  ["retired", "They were deactivated."],
  ["not_admin", "Your login is no admin’s any more."],
] as const)("%s meanwhile, the band says it, nothing can be done, and only a person goes on as oneself", async (ended, says) => {
  await open();
  await actForOther();
  twist = (session) => ({ ...session, admin: ended === "retired", acting_for: session.acting_for && { ...session.acting_for, ended } });
  await pass(31_000);
  const alert = within(document.body).getAllByRole("alert").find((one) => one.textContent.includes(OTHER))!;
  expect(alert.textContent).toContain(`You cannot act for ${OTHER} any more`);
  expect(alert.textContent).toContain(says);
  expect(button("Stop everything").getAttribute("aria-disabled")).toBe("true");
  called = [];
  await press("KeyP", { shiftKey: true });
  expect(called).not.toContain("stop_everything");
  twist = (session) => session;
  await click(button("Go on as yourself"));
  expect(band()).toBeNull();
  expect(called).toContain("act_for_myself");
  expect(button("Stop everything").getAttribute("aria-disabled")).toBeNull();
});

test("a refusal that may mean its end is looked into at once", async () => {
  await open();
  await actForOther();
  twist = (session) => ({ ...session, acting_for: session.acting_for && { ...session.acting_for, ended: "retired" } });
  const refuse = transport.call;
  transport.call = async (command, args) => {
    if (command === "stop_everything") throw { code: "no_operator", message: "There is no active operator with this id. Nothing was changed.", retryable: false };
    return refuse(command, args);
  };
  await press("KeyP", { shiftKey: true });
  expect(band()!.textContent).toContain(`You cannot act for ${OTHER} any more`);
});

test("the lock ends it, and says so before and after", async () => {
  await open();
  await actForOther();
  await press("KeyL", { shiftKey: true });
  expect(screen.getByText(`Acting for ${OTHER} has ended: you go on as yourself.`)).toBeTruthy();
  await click(button("Unlock"));
  expect(band()).toBeNull();
  await press("KeyL", { shiftKey: true });
  expect(screen.queryByText(new RegExp(OTHER))).toBeNull();
});
