import { describe, expect, test } from "vitest";
import { Picks, type Chosen } from "../src/components/picks";

const rows = Array.from({ length: 40 }, (_, n) => ({ id: `r${n}` }));
const none: Chosen = new Set();
const key = (code: string, init: KeyboardEventInit = {}) => new KeyboardEvent("keydown", { code, ...init });
const names = (chosen: Chosen | null) => chosen && [...chosen];

describe("choosing rows", () => {
  test("one by one, and a second time takes it back", () => {
    const picks = new Picks();
    const one = picks.toggle(none, "r3");
    expect(names(one)).toEqual(["r3"]);
    expect(names(picks.toggle(one, "r3"))).toEqual([]);
  });

  test("a range goes from the last choice to here, and going back gives up what was passed", () => {
    const picks = new Picks();
    let chosen = picks.toggle(none, "r3");
    chosen = picks.range(chosen, rows, 3, 4);
    chosen = picks.range(chosen, rows, 4, 5);
    expect(names(chosen)).toEqual(["r3", "r4", "r5"]);
    expect(names(picks.range(chosen, rows, 5, 4))).toEqual(["r3", "r4"]);
    expect(names(picks.range(chosen, rows, 4, 1))).toEqual(["r3", "r1", "r2"]);
  });

  test("without a choice it begins at the row in focus; after the focus moved on its own, anew", () => {
    const picks = new Picks();
    let chosen = picks.range(none, rows, 7, 8);
    expect(names(chosen)).toEqual(["r7", "r8"]);
    picks.rest();
    chosen = picks.range(chosen, rows, 20, 19);
    expect(names(chosen)).toEqual(["r7", "r8", "r19", "r20"]);
  });

  test("an anchor that left the grid does not stop a range", () => {
    const picks = new Picks();
    const chosen = picks.toggle(none, "gone");
    expect(names(picks.range(chosen, rows, 2, 3))).toEqual(["gone", "r2", "r3"]);
  });

  test("what is in sight first, then all", () => {
    const picks = new Picks();
    const page = picks.page(none, rows, 4, 8);
    expect(names(page)).toEqual(["r4", "r5", "r6", "r7"]);
    expect(picks.page(page, rows, 4, 8).size).toBe(40);
    expect(picks.page(new Set(["r0"]), rows, 4, 8).size).toBe(5);
  });

  test("only X, Shift with an arrow and Ctrl or Cmd with A choose", () => {
    const picks = new Picks();
    const press = (code: string, init: KeyboardEventInit = {}, next: number | null = null) => names(picks.press(key(code, init), none, rows, 2, next, [0, 3]));
    expect(press("KeyX")).toEqual(["r2"]);
    expect(press("KeyX", { shiftKey: true })).toBe(null);
    expect(press("KeyX", { ctrlKey: true })).toBe(null);
    expect(press("KeyA")).toBe(null);
    expect(press("KeyA", { metaKey: true })).toEqual(["r0", "r1", "r2"]);
    expect(press("ArrowDown", {}, 3)).toBe(null);
    picks.rest();
    expect(press("ArrowDown", { shiftKey: true }, 3)).toEqual(["r2", "r3"]);
    // Shift means "I mean it": it is no range with letters.
    expect(press("KeyJ", { shiftKey: true }, 3)).toBe(null);
  });
});
