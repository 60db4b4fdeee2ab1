import type { Error as WireError } from "../ipc/bindings/Error";
import { asError } from "../ipc/commands";
import { Selection } from "./selection.svelte";

export const PAGE = 200;
export type Page<Row> = { rows: Row[]; next: string | null };

/** The rows of a grid, page by page. A refresh reads as many as are shown, so that nothing jumps. */
export class ListState<Row extends { id: string }, Filter extends object> {
  rows = $state.raw<Row[]>([]);
  filter = $state.raw<Filter>({} as Filter);
  selection = new Selection<Row>(() => this.rows);
  /** The focused row, by id: it survives every refresh. */
  focusId = $state<string | null>(null);
  /** Open where it stands beside the grid; closed where it would cover it. */
  peek = $state(window.innerWidth >= 1200);
  loading = $state(true);
  error = $state.raw<WireError | null>(null);
  /** The rows changed by an act of this window; otherwise others did it. */
  mine = $state(false);
  private acts = 0;
  /** How many acts are over, and how many of them the rows show. */
  private over = 0;
  private read = 0;
  /** Where the next page begins; null when all rows are here. */
  private next = $state<string | null>(null);
  private turn = 0;
  private more_ = false;

  constructor(
    private nothing: Filter,
    private page: (filter: Filter, after: string | null, limit: number) => Promise<Page<Row>>,
  ) {
    this.filter = nothing;
  }

  focused = $derived(this.rows.find((row) => row.id === this.focusId) ?? null);
  filtered = $derived(Object.values(this.filter).some(Boolean));
  complete = $derived(this.next === null);

  /** An act of this window: until the rows were read after it, what changes is its doing. */
  async during<T>(act: () => Promise<T>): Promise<T> {
    this.acts++;
    try {
      return await act();
    } finally {
      this.acts--;
      this.over++;
    }
  }

  /** An answer that a newer question has overtaken is dropped. */
  async load(): Promise<void> {
    const turn = ++this.turn;
    const wanted = Math.max(PAGE, this.rows.length);
    const over = this.over;
    try {
      let page = await this.page(this.filter, null, PAGE);
      let rows = page.rows;
      while (page.next && rows.length < wanted) {
        page = await this.page(this.filter, page.next, PAGE);
        rows = rows.concat(page.rows);
      }
      if (turn !== this.turn) return;
      this.keepPlace(rows);
      this.mine = this.acts > 0 || this.over > this.read;
      this.read = over;
      this.rows = rows;
      this.selection.keep(rows);
      this.next = page.next;
      this.error = null;
    } catch (thrown) {
      if (turn !== this.turn) return;
      this.error = asError(thrown);
      throw thrown;
    } finally {
      if (turn === this.turn) this.loading = false;
    }
  }

  /** A focused row that left the filter hands the focus to the one that took its place; at the start the first row has it. */
  private keepPlace(rows: Row[]) {
    if (this.focusId !== null && rows.some((row) => row.id === this.focusId)) return;
    const at = Math.max(0, this.rows.findIndex((row) => row.id === this.focusId));
    this.focusId = rows[Math.min(at, rows.length - 1)]?.id ?? null;
  }

  /** The next page, when the grid comes near its end. */
  async more(): Promise<void> {
    if (!this.next || this.more_) return;
    this.more_ = true;
    const turn = this.turn;
    try {
      const page = await this.page(this.filter, this.next, PAGE);
      if (turn !== this.turn) return;
      const known = new Set(this.rows.map((row) => row.id));
      this.rows = this.rows.concat(page.rows.filter((row) => !known.has(row.id)));
      this.next = page.next;
    } catch {
      // The next refresh says what is wrong.
    } finally {
      this.more_ = false;
    }
  }

  narrow(change: Partial<Filter>): Promise<void> {
    this.filter = { ...this.filter, ...change };
    this.rows = [];
    this.selection.clear();
    this.focusId = null;
    this.loading = true;
    return this.load().catch(() => {});
  }

  clear(): Promise<void> {
    return this.narrow(this.nothing);
  }
}
