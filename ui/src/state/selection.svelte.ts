const NONE: ReadonlySet<string> = new Set();

/** The rows that were chosen in a grid. A row that left the grid is not chosen any more: nothing is done to what is not seen. */
export class Selection<Row extends { id: string }> {
  ids = $state.raw<ReadonlySet<string>>(NONE);

  constructor(private shown: () => Row[]) {}

  /** In the order of the grid. */
  rows = $derived.by(() => (this.ids.size ? this.shown().filter((row) => this.ids.has(row.id)) : []));
  count = $derived(this.ids.size);

  take(ids: ReadonlySet<string>) {
    this.ids = ids;
  }

  clear() {
    if (this.ids.size) this.ids = NONE;
  }

  /** After a refresh. */
  keep(rows: Row[]) {
    if (!this.ids.size) return;
    const still = rows.filter((row) => this.ids.has(row.id)).map((row) => row.id);
    if (still.length < this.ids.size) this.ids = new Set(still);
  }
}
