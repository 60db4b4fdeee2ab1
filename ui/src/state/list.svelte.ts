import type { Error as WireError } from "../ipc/bindings/Error";
import { asError } from "../ipc/commands";
import { Selection } from "./selection.svelte";

export const PAGE = 200;
/** What a refresh reads from the start on; of a longer list also the page in sight. */
export const FRESH = 5 * PAGE;
export type Page<Row> = { rows: Row[]; next: string | null };

/** The rows of a grid, page by page. A refresh reads those at the start and those in sight, and keeps the rest, so that nothing jumps. */
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
  /** The first row in sight. */
  sight = 0;
  /** Where pages end: the id of the last row, and where the next page begins. */
  private marks: { id: string; next: string }[] = [];
  private turn = 0;
  /** Refreshes under way: a page that came meanwhile would be overwritten, and its rows lost. */
  private reading = 0;
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
    this.reading++;
    const wanted = Math.min(FRESH, Math.max(PAGE, this.rows.length));
    const over = this.over;
    try {
      let page = await this.page(this.filter, null, PAGE);
      let rows = page.rows;
      const marks = markOf(page);
      while (page.next && rows.length < wanted) {
        page = await this.page(this.filter, page.next, PAGE);
        rows = rows.concat(page.rows);
        marks.push(...markOf(page));
      }
      let next = page.next;
      if (next && this.rows.length > rows.length) {
        [rows, next] = [await this.withRest(rows, marks), this.next];
      }
      if (turn !== this.turn) return;
      this.marks = marks;
      this.keepPlace(rows);
      this.mine = this.acts > 0 || this.over > this.read;
      this.read = over;
      this.rows = rows;
      this.selection.keep(rows);
      this.next = next;
      this.error = null;
    } catch (thrown) {
      if (turn !== this.turn) return;
      this.error = asError(thrown);
      throw thrown;
    } finally {
      this.reading--;
      if (turn === this.turn) this.loading = false;
    }
  }

  /** What was shown beyond `head`, with the page in sight read anew. Adds the marks of what stays. */
  private async withRest(head: Row[], marks: { id: string; next: string }[]): Promise<Row[]> {
    const old = this.rows;
    const place = new Map(old.map((row, index) => [row.id, index]));
    const from = (place.get(head.at(-1)!.id) ?? head.length - 1) + 1;
    marks.push(...this.marks.filter((mark) => (place.get(mark.id) ?? -1) >= from));
    let rest = old.slice(from);
    const mark = this.marks.findLast((mark) => (place.get(mark.id) ?? Infinity) < this.sight);
    if (mark && place.get(mark.id)! >= from) {
      const page = await this.page(this.filter, mark.next, PAGE);
      const start = place.get(mark.id)! + 1 - from;
      const last = place.get(page.rows.at(-1)?.id ?? "") ?? from + start + PAGE - 1;
      rest = [...rest.slice(0, start), ...page.rows, ...rest.slice(Math.max(start, last + 1 - from))];
    }
    const known = new Set<string>();
    return head.concat(rest).filter((row) => !known.has(row.id) && known.add(row.id));
  }

  /** A focused row that left the filter hands the focus to the one that took its place; at the start the first row has it. */
  private keepPlace(rows: Row[]) {
    if (this.focusId !== null && rows.some((row) => row.id === this.focusId)) return;
    const at = Math.max(0, this.rows.findIndex((row) => row.id === this.focusId));
    this.focusId = rows[Math.min(at, rows.length - 1)]?.id ?? null;
  }

  /** The next page, when the grid comes near its end; after a refresh the grid asks again. */
  async more(): Promise<void> {
    if (!this.next || this.more_ || this.reading) return;
    this.more_ = true;
    const turn = this.turn;
    try {
      const page = await this.page(this.filter, this.next, PAGE);
      if (turn !== this.turn) return;
      const known = new Set(this.rows.map((row) => row.id));
      this.rows = this.rows.concat(page.rows.filter((row) => !known.has(row.id)));
      this.marks.push(...markOf(page));
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

function markOf<Row extends { id: string }>({ rows, next }: Page<Row>): { id: string; next: string }[] {
  return next && rows.length ? [{ id: rows.at(-1)!.id, next }] : [];
}
