export type Column = { id: string; label: string; wide?: boolean; end?: boolean; /** The checkbox of the row. */ check?: boolean; sorted?: "ascending" | "descending" };

/** The heights of the heads and of the pill's place under them, in px. */
export const HEAD = 28;
export const NEWS = 36;

/** The rows to draw for a scroll position: those in sight, some above and below, half open. */
export function windowOf(scrollTop: number, height: number, row: number, count: number, spare = 8): { first: number; last: number } {
  const first = Math.max(0, Math.floor(scrollTop / row) - spare);
  const last = Math.min(count, Math.ceil((scrollTop + height) / row) + spare);
  return { first: Math.min(first, Math.max(0, last - 1)), last };
}

/** How far what is in sight was moved by a refresh, in rows: the middle of how far each row of it went, so that a row which itself
 * changed its place does not take the others along. */
export function shiftOf(before: string[], after: ReadonlyMap<string, number>, first: number, last: number): number {
  const moves: number[] = [];
  for (let index = Math.max(0, first); index < Math.min(last, before.length); index++) {
    const now = after.get(before[index]!);
    if (now !== undefined) moves.push(now - index);
  }
  return moves.sort((a, b) => a - b)[moves.length >> 1] ?? 0;
}

/** Rows that a refresh brought above what is in sight, until they are looked at. */
export class Arrivals {
  private fresh = new Set<string>();

  get size() {
    return this.fresh.size;
  }

  /** After a refresh; `above` rows are out of sight at the top. The first rows of all are no news. */
  take(before: string[], after: ReadonlyMap<string, number>, above: number) {
    const known = new Set(before);
    for (const id of this.fresh) if (!after.has(id)) this.fresh.delete(id);
    if (known.size) for (const [id, index] of after) if (index < above && !known.has(id)) this.fresh.add(id);
  }

  /** After a scroll: what is in sight or below is no news any more. How many are left. */
  look(rows: { id: string }[], above: number): number {
    if (this.size) rows.slice(above).forEach((row) => this.fresh.delete(row.id));
    return this.size;
  }

  /** Where the first of them is, or -1; they all count as looked at. */
  first(rows: { id: string }[]): number {
    const index = rows.findIndex((row) => this.fresh.has(row.id));
    this.fresh.clear();
    return index;
  }
}

/** The row that takes the focus from one which an own act pushed out of sight (`room` px are in sight): the first that the act made. */
export function heir<Row extends { id: string }>(before: string[], now: ReadonlyMap<string, number>, rows: Row[], focusId: string | null, high: number, room: number): Row | undefined {
  const [was, is] = [before.indexOf(focusId ?? ""), now.get(focusId ?? "") ?? -1];
  if (was < 0 || was * high >= room || (is + 1) * high <= room) return undefined;
  const known = new Set(before);
  return rows.find((row) => !known.has(row.id));
}

/** Where a key leads from row `at` (-1: no row yet), or null when it does not move between rows. By `code`, so it works with any layout. */
export function rowAfter(code: string, ctrl: boolean, at: number, count: number, page: number): number | null {
  const clamp = (index: number) => Math.min(count - 1, Math.max(0, index));
  switch (code) {
    case "ArrowDown":
    case "KeyJ":
      return clamp(at + 1);
    case "ArrowUp":
    case "KeyK":
      return clamp(at - 1);
    case "PageDown":
      return clamp(Math.max(0, at) + page);
    case "PageUp":
      return clamp(at - page);
    case "Home":
      return ctrl || at >= 0 ? 0 : null;
    case "End":
      return clamp(count - 1);
    default:
      return null;
  }
}
