import type { Counts } from "../ipc/bindings/Counts";
import type { Filter } from "../ipc/bindings/Filter";
import type { Commands } from "../ipc/commands";

/** The numbers of the sidebar. Null is "not known", which is never shown as 0. */
export class CountsState {
  value = $state.raw<Counts | null>(null);

  /** Real time of the answer. */
  readAt = 0;

  constructor(private api: Commands) {}

  async load(): Promise<void> {
    this.value = await this.api.messageCounts();
    this.readAt = Date.now();
  }

  lane(name: string): number | null {
    return this.value?.lanes[name] ?? null;
  }

  /** Whether there are more than `lane` says: counting stops at ten thousand. */
  more(name: string): boolean {
    return this.value?.more.includes(name) ?? false;
  }

  totalIsMore = $derived((this.value?.more.length ?? 0) > 0);
  total = $derived(this.value ? Object.values(this.value.lanes).reduce<number>((sum, n) => sum + (n ?? 0), 0) : null);
  waiting = $derived((this.value?.lanes.queued ?? 0) + (this.value?.lanes.held ?? 0));

  /** How many rows a filter shows, where the counts know it; -1 where they do not. */
  matching(filter: Filter): number {
    if (filter.operator || filter.search || !this.value) return -1;
    if (filter.reason) return this.value.held.find((held) => held.reason === filter.reason)?.count ?? 0;
    if (filter.lane ? this.more(filter.lane) : this.totalIsMore) return -1;
    return (filter.lane ? this.lane(filter.lane) : this.total) ?? -1;
  }
}
