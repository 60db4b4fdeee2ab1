export type Chosen = ReadonlySet<string>;

/** Choosing rows: one by one, a range from where it began, what is in sight and then all. */
export class Picks {
  private anchor: string | null = null;
  /** What was chosen when the range began; it stays chosen. */
  private base: Chosen = new Set();

  toggle(chosen: Chosen, id: string): Chosen {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    this.anchor = id;
    this.base = next;
    return next;
  }

  /** To row `to` from where the last choice was made, or from row `from`. Going back gives up what was passed. */
  range(chosen: Chosen, rows: { id: string }[], from: number, to: number): Chosen {
    let start = rows.findIndex((row) => row.id === this.anchor);
    if (start < 0) {
      start = Math.max(0, from);
      this.anchor = rows[start]?.id ?? null;
      this.base = chosen;
    }
    return new Set([...this.base, ...rows.slice(Math.min(start, to), Math.max(start, to) + 1).map((row) => row.id)]);
  }

  /** X, Shift with an arrow, Ctrl or Cmd with A; null when the key is none of them. `next` is where an arrow leads. */
  press(event: KeyboardEvent, chosen: Chosen, rows: { id: string }[], at: number, next: number | null, page: [number, number]): Chosen | null {
    const ctrl = event.ctrlKey || event.metaKey;
    if (event.code === "KeyA" && ctrl) return this.page(chosen, rows, ...page);
    if (event.code === "KeyX" && !ctrl && !event.shiftKey && rows[at]) return this.toggle(chosen, rows[at].id);
    return event.shiftKey && event.code.startsWith("Arrow") && next !== null && rows.length ? this.range(chosen, rows, at, next) : null;
  }

  /** Shift with a click, Ctrl or Cmd with one, or one on the checkbox; null for a click that only goes there. */
  click(event: MouseEvent, chosen: Chosen, rows: { id: string }[], at: number, to: number, check: boolean): Chosen | null {
    if (event.shiftKey) return this.range(chosen, rows, at, to);
    return check || event.ctrlKey || event.metaKey ? this.toggle(chosen, rows[to]!.id) : null;
  }

  /** The focus moved on its own: the next range begins there. */
  rest() {
    this.anchor = null;
  }

  /** The rows in sight, those from `first` until `last`; all of them when those are chosen already. */
  page(chosen: Chosen, rows: { id: string }[], first: number, last: number): Chosen {
    this.rest();
    const page = rows.slice(first, last).map((row) => row.id);
    return page.every((id) => chosen.has(id)) ? new Set(rows.map((row) => row.id)) : new Set([...chosen, ...page]);
  }
}
