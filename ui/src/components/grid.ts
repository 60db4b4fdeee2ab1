export type Column = { id: string; label: string; wide?: boolean; end?: boolean; sorted?: "ascending" | "descending" };

/** The rows to draw for a scroll position: those in sight, some above and below, half open. */
export function windowOf(scrollTop: number, height: number, row: number, count: number, spare = 8): { first: number; last: number } {
  const first = Math.max(0, Math.floor(scrollTop / row) - spare);
  const last = Math.min(count, Math.ceil((scrollTop + height) / row) + spare);
  return { first: Math.min(first, Math.max(0, last - 1)), last };
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
