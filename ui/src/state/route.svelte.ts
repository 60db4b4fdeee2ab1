export type Place = "queue" | "jobs" | "leads" | "automation" | "schema";
export type DialogName = "prepare" | "export" | "receipt" | "keys" | "handback" | "takeover" | "switch" | "cancel" | "reschedule" | "assign" | "settle" | "optout" | "pause" | "operators" | "migration" | "report" | "checks";
const PLACES: Place[] = ["queue", "jobs", "leads", "automation", "schema"];

/** The place in the hash, so that it survives a reload; the dialog over it. */
export class Route {
  place = $state<Place>("queue");
  dialog = $state<DialogName | null>(null);
  /** The grid on the screen, for keys pressed while nothing has the focus. */
  gridKeys: ((event: KeyboardEvent) => boolean) | null = null;

  constructor() {
    this.read();
    window.addEventListener("hashchange", this.read);
  }

  close() {
    window.removeEventListener("hashchange", this.read);
  }

  go(place: Place) {
    this.place = place;
    window.location.hash = `/${place}`;
  }

  private read = () => {
    const named = window.location.hash.replace(/^#\//, "");
    this.place = PLACES.includes(named as Place) ? (named as Place) : "queue";
  };
}
