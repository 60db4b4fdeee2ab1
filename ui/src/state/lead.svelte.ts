import type { Error as WireError } from "../ipc/bindings/Error";
import type { EventKind } from "../ipc/bindings/EventKind";
import type { LeadDetail } from "../ipc/bindings/LeadDetail";
import type { LeadEvent } from "../ipc/bindings/LeadEvent";
import { asError, type Commands } from "../ipc/commands";
import { ListState } from "./list.svelte";

export const EVENT_KINDS: EventKind[] = ["messages", "people", "system"];

/** One lead: its facts, and what happened to it. */
export class LeadState {
  id = $state<string | null>(null);
  value = $state.raw<LeadDetail | null>(null);
  error = $state.raw<WireError | null>(null);
  time: ListState<LeadEvent, { kind: EventKind | null }>;

  constructor(private api: Commands) {
    this.time = new ListState({ kind: null } as { kind: EventKind | null }, (filter, after, limit) => api.leadTimeline(this.id!, filter.kind, after, limit));
  }

  /** Another lead begins empty: nobody takes one for the other. */
  async load(id: string): Promise<void> {
    if (id !== this.id) {
      Object.assign(this, { id, value: null, error: null });
      this.time.filter = { kind: null };
      this.time.rows = [];
      this.time.loading = true;
    }
    try {
      const [value] = await Promise.all([this.api.leadGet(id), this.time.load()]);
      if (this.id !== id) return;
      this.value = value;
      this.error = null;
    } catch (thrown) {
      if (this.id !== id) return;
      this.error = asError(thrown);
      // What is not there is said on its page; a lost connection is everybody's.
      if (this.error.code !== "not_found") throw thrown;
      this.value = null;
    }
  }
}
