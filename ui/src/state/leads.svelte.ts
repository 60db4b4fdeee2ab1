import type { LeadCounts } from "../ipc/bindings/LeadCounts";
import type { LeadFilter } from "../ipc/bindings/LeadFilter";
import type { LeadRow } from "../ipc/bindings/LeadRow";
import type { Whose } from "../ipc/bindings/Whose";
import type { Commands } from "../ipc/commands";
import { ListState } from "./list.svelte";

export const WHOSE: Whose[] = ["mine", "taken", "free"];
/** Counting reads many leads: while others change them it is done this often, and at once when the filter changes. */
const COUNT_EVERY = 10_000;
/** What the server calls "so many or more". */
export const MOST = 10_001;

export class LeadsState extends ListState<LeadRow, LeadFilter> {
  /** Of the filter on the screen; null is "not known". */
  counts = $state.raw<LeadCounts | null>(null);
  /** Real time of the counts. */
  countedAt = $state<number | null>(null);
  private counted: LeadFilter | null = null;

  constructor(private api: Commands) {
    super({ search: null, status: null, whose: null }, api.leadsPage);
  }

  override async load(): Promise<void> {
    const recent = this.counted === this.filter && Date.now() - (this.countedAt ?? 0) < COUNT_EVERY;
    await Promise.all([super.load(), !recent && this.count()]);
  }

  private async count(): Promise<void> {
    const filter = this.filter;
    if (this.counted !== filter) this.countedAt = null;
    const counts = await this.api.leadCounts(filter);
    if (filter !== this.filter) return;
    this.counts = counts;
    this.countedAt = Date.now();
    this.counted = filter;
  }

  whose(value: Whose): Promise<void> {
    return this.narrow({ whose: this.filter.whose === value ? null : value });
  }
}
