import { fireEvent, render, screen } from "@testing-library/svelte";
import { createRawSnippet, tick } from "svelte";
import { beforeEach, describe, expect, test, vi } from "vitest";
import DataGrid from "../src/components/DataGrid.svelte";
import { rowAfter, shiftOf, windowOf } from "../src/components/grid";

type Row = { id: string; name: string };
const rows = Array.from({ length: 500 }, (_, n): Row => ({ id: `r${n}`, name: `Lead ${n}` }));

function grid(focusId: string | null = "r0") {
  const on = { onfocusrow: vi.fn(), onopen: vi.fn(), onpeek: vi.fn(), onclear: vi.fn(), onmore: vi.fn(), onnew: vi.fn() };
  const cell = createRawSnippet<[Row, unknown]>((row) => ({ render: () => `<span>${row().name}</span>` }));
  const columns = [
    { id: "lead", label: "Lead" },
    { id: "why", label: "Why", sorted: "ascending" as const },
  ];
  const view = render(DataGrid<Row>, { label: "Messages", rows, columns, total: 1204, focusId, rowLabel: (row: Row) => row.name, cell, ...on });
  // The view would hand the focused row back in.
  on.onfocusrow.mockImplementation((id: string) => view.rerender({ focusId: id }));
  return { ...on, view };
}
const press = async (code: string, init: KeyboardEventInit = {}) => {
  await fireEvent.keyDown(document.activeElement === document.body ? screen.getByRole("grid") : document.activeElement!, { code, key: code, ...init });
  await tick();
  await tick();
};

describe("the grid by keyboard", () => {
  test("is one tab stop, on the focused row", () => {
    grid("r2");
    const stops = screen.getAllByRole("row").filter((row) => row.tabIndex === 0);
    expect(stops.map((row) => row.getAttribute("aria-label"))).toEqual(["Lead 2"]);
  });

  test("arrows and J K move the focus, with the element", async () => {
    const { onfocusrow } = grid();
    await press("ArrowDown");
    await press("KeyJ");
    await press("KeyK");
    expect(onfocusrow.mock.calls.flat()).toEqual(["r1", "r2", "r1"]);
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Lead 1");
  });

  test("End reaches a row that was not drawn, Home comes back", async () => {
    grid();
    await press("End");
    expect(document.activeElement?.getAttribute("aria-rowindex")).toBe("501");
    await press("Home");
    expect(document.activeElement?.getAttribute("aria-rowindex")).toBe("2");
  });

  test("Space peeks, Enter opens, Escape clears", async () => {
    const { onpeek, onopen, onclear } = grid("r3");
    await press("Space");
    await press("Enter");
    await press("Escape");
    expect([onpeek.mock.calls, onopen.mock.calls, onclear.mock.calls.length]).toEqual([[["r3"]], [["r3"]], 1]);
  });

  test("across, the cell has the focus", async () => {
    grid("r1");
    await press("ArrowRight");
    expect(document.activeElement?.getAttribute("role")).toBe("gridcell");
    await press("ArrowLeft");
    expect(document.activeElement?.getAttribute("role")).toBe("row");
  });

  test("says how many rows there are, which is focused and how it is sorted", () => {
    grid("r1");
    expect(screen.getByRole("grid").getAttribute("aria-rowcount")).toBe("1205");
    expect(screen.getByRole("row", { selected: true }).getAttribute("aria-label")).toBe("Lead 1");
    expect(screen.getByRole("columnheader", { name: "Why" }).getAttribute("aria-sort")).toBe("ascending");
  });

  test("draws what is in sight, not five hundred rows", () => {
    grid();
    expect(screen.getAllByRole("row").length).toBeLessThan(60);
  });
});

test("the window of rows follows the scroll and stops at the ends", () => {
  expect(windowOf(0, 320, 32, 500, 4)).toEqual({ first: 0, last: 14 });
  expect(windowOf(3200, 320, 32, 500, 4)).toEqual({ first: 96, last: 114 });
  expect(windowOf(99_999, 320, 32, 500, 4)).toEqual({ first: 499, last: 500 });
  expect(windowOf(0, 320, 32, 0, 4)).toEqual({ first: 0, last: 0 });
});

test("keys that do not move between rows are left alone", () => {
  expect(rowAfter("KeyT", false, 3, 10, 5)).toBe(null);
  expect(rowAfter("PageDown", false, 3, 10, 5)).toBe(8);
  expect(rowAfter("PageUp", false, 3, 10, 5)).toBe(0);
});

describe("rows that arrive", () => {
  const news = (n: number) => Array.from({ length: n }, (_, i): Row => ({ id: `new${i}`, name: `New ${i}` }));

  test("above what is in sight wait there, counted, and a full stop brings them", async () => {
    Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 348 });
    const { view, onfocusrow, onnew } = grid("r10");
    const element = screen.getByRole("grid");
    await view.rerender({ rows: [...news(12), ...rows] });
    await tick();
    expect(element.scrollTop).toBe(12 * 32);
    expect(onnew.mock.calls.at(-1)![0]).toBe(12);
    await press("Period");
    expect([onfocusrow.mock.calls.at(-1), element.scrollTop]).toEqual([["new0"], 0]);
    expect(onnew.mock.calls.at(-1)![0]).toBe(0);
  });

  describe("in a window of ten rows", () => {
    beforeEach(() => Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, get: () => 348 }));

    test("by an own act they are shown at once: the top stays the top, and a row pushed out of sight hands its focus on", async () => {
      const { view, onfocusrow, onnew } = grid("r0");
      await view.rerender({ rows: [...news(12), ...rows], mine: true });
      await tick();
      expect(screen.getByRole("grid").scrollTop).toBe(0);
      expect(onfocusrow.mock.calls).toEqual([["new0"]]);
      expect(onnew.mock.calls.at(-1)![0]).toBe(0);
    });

    test("by an own act, a row that stays in sight keeps the focus, and so does one that went away by itself", async () => {
      const { view, onfocusrow } = grid("r0");
      await view.rerender({ rows: [...news(3), ...rows], mine: true });
      await view.rerender({ rows: [...news(3), ...rows.slice(1), rows[0]!], mine: true });
      await tick();
      expect([onfocusrow.mock.calls, screen.getByRole("grid").scrollTop]).toEqual([[], 0]);
    });

    test("by an own act below the top, what is in sight stays, without a count", async () => {
      const { view, onnew } = grid("r0");
      await press("End");
      const element = screen.getByRole("grid");
      const at = element.scrollTop;
      await view.rerender({ rows: [...news(12), ...rows], mine: true });
      await tick();
      expect([element.scrollTop - at, onnew.mock.calls.every(([n]) => n === 0)]).toEqual([12 * 32, true]);
    });

    test("what covers the end, or takes a place under the heads, does not cover the focused row", async () => {
      const { view } = grid("r0");
      const element = screen.getByRole("grid");
      for (let n = 0; n < 9; n++) await press("ArrowDown");
      expect(element.scrollTop).toBe(0);
      await view.rerender({ foot: 96 });
      expect(element.scrollTop).toBe(96);
      await view.rerender({ space: 36 });
      expect(element.scrollTop).toBe(132);
      await press("End");
      expect(element.scrollTop).toBe(500 * 32 - (348 - 28 - 36 - 96));
      expect(element.querySelector<HTMLElement>(".sizer")!.style.blockSize).toBe(`${500 * 32 + 96}px`);
    });
  });

  test("a row that changes its own place does not take the others along", () => {
    const before = ["a", "b", "c", "d", "e"];
    const at = (...ids: string[]) => new Map(ids.map((id, index) => [id, index]));
    expect(shiftOf(before, at("b", "c", "d", "e", "x", "y", "a"), 0, 5)).toBe(-1);
    expect(shiftOf(before, at("n1", "n2", "a", "b", "c", "d", "e"), 0, 5)).toBe(2);
    expect(shiftOf(before, at("e", "a", "b", "c", "d"), 1, 4)).toBe(1);
    expect(shiftOf([], at("a"), 0, 5)).toBe(0);
  });
});

describe("a hundred thousand rows", () => {
  const many = Array.from({ length: 100_000 }, (_, n): Row => ({ id: `m${n}`, name: `Lead ${n}` }));
  const drawn = () => screen.getAllByRole("row").length - 1;

  test("the page holds those in sight and a few around them, wherever it is scrolled to, and while pages are appended", async () => {
    const { view } = grid("m0");
    await view.rerender({ rows: many });
    const viewport = screen.getByRole("grid");
    Object.defineProperty(viewport, "clientHeight", { value: 640 });
    const most = Math.ceil(640 / 32) + 2 * 8 + 2;
    for (const at of [0, 31, 5_000, 49_999, 99_000, 99_999]) {
      viewport.scrollTop = at * 32;
      await fireEvent.scroll(viewport);
      await tick();
      expect(drawn(), `at row ${at}`).toBeLessThanOrEqual(most);
      expect(screen.getAllByRole("row").some((row) => row.getAttribute("aria-rowindex") === String(Math.min(at, 99_999) + 2)), `row ${at} is there`).toBe(true);
    }
    for (let count = 100_200; count < 101_000; count += 200) {
      await view.rerender({ rows: many.concat(Array.from({ length: count - 100_000 }, (_, n) => ({ id: `x${n}`, name: `Lead ${n}` }))) });
      expect(drawn()).toBeLessThanOrEqual(most);
    }
  });
});
