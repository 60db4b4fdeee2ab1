import type { Snippet } from "svelte";
import type { Column } from "./grid";
import type { Chosen } from "./picks";

export type GridProps<Row> = {
  label: string;
  rows: Row[];
  columns: Column[];
  /** All rows of the filter, or -1 when nobody knows. */
  total?: number;
  focusId: string | null;
  /** Whenever it changes, the rows are measured again. */
  density?: string;
  /** The rows changed by an act of this window: they are shown at once. */
  mine?: boolean;
  /** What is kept free under the heads, and what is covered at the end, in px. */
  space?: number;
  foot?: number;
  rowLabel: (row: Row) => string;
  cell: Snippet<[Row, Column]>;
  onfocusrow: (id: string) => void;
  onopen: (id: string) => void;
  /** Enter, or a double click; else it opens. */
  onenter?: (id: string) => void;
  onpeek: (id: string) => void;
  onclear: () => void;
  onmore: () => void;
  /** How many rows arrived above what is in sight and were not looked at yet; the first row in sight. */
  onnew: (above: number, first: number) => void;
  /** The chosen rows; without it rows cannot be chosen. */
  chosen?: Chosen;
  onchoose?: (chosen: Chosen) => void;
};
