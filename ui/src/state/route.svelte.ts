export type Place = "queue" | "jobs" | "leads" | "lead" | "automation" | "metrics" | "ledger" | "schema";
export type DialogName = "prepare" | "export" | "receipt" | "keys" | "handback" | "takeover" | "switch" | "cancel" | "reschedule" | "assign" | "settle" | "optout" | "erase" | "pause" | "operators" | "actfor" | "migration" | "report" | "checks" | "quarantine" | "guard";
const PLACES: Place[] = ["queue", "jobs", "leads", "lead", "automation", "metrics", "ledger", "schema"];

/** The place in the hash, so that it survives a reload; the dialog over it. */
export class Route {
  place = $state<Place>("queue");
  /** Of the place lead: which one. */
  leadId = $state<string | null>(null);
  /** The place that a lead was opened from. */
  from = $state<Place>("leads");
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

  openLead(id: string) {
    if (this.place !== "lead") this.from = this.place;
    this.leadId = id;
    this.place = "lead";
    window.location.hash = `/lead/${id}`;
  }

  private read = () => {
    const [named, id] = window.location.hash.replace(/^#\//, "").split("/");
    this.place = PLACES.includes(named as Place) ? (named as Place) : "queue";
    if (this.place !== "lead") return;
    if (id) this.leadId = id;
    else this.place = "leads";
  };
}
