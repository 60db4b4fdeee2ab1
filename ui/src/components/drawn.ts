import { Arrivals, heir, shiftOf } from "./grid";

type Sight = {
  viewport: HTMLElement;
  /** The height of a row and of what shows rows, and where a row can be seen, in px. */
  high: number;
  height: number;
  room: number;
  /** The rows changed by an act of this window: the top stays the top, and nothing of it is news. */
  mine: boolean;
  focusId: string | null;
};

/** What a grid showed last, so that rows which come or go above what is in sight do not move it. */
export class Drawn {
  readonly arrivals = new Arrivals();
  private before: string[] = [];
  private high = 0;

  /** After a refresh: scrolls so that nothing moves. The row that is to have the focus now, if another than before. */
  take<Row extends { id: string }>(rows: Row[], { viewport, high, height, room, mine, focusId }: Sight): Row | undefined {
    const now = new Map(rows.map((row, index) => [row.id, index]));
    const at = viewport.scrollTop / (this.high || high);
    const shift = shiftOf(this.before, now, Math.floor(at), Math.ceil(at + height / (this.high || high)));
    const stay = mine && at === 0;
    if (!stay && (shift || this.high !== high)) viewport.scrollTop = Math.max(0, at + shift) * high;
    this.arrivals.take(this.before, now, mine ? 0 : Math.floor(viewport.scrollTop / high));
    const next = stay && shift > 0 ? heir(this.before, now, rows, focusId, high, room) : undefined;
    this.before = [...now.keys()];
    this.high = high;
    return next;
  }
}
