import type { LeadFilter } from "../ipc/bindings/LeadFilter";
import type { LeadRow } from "../ipc/bindings/LeadRow";
import type { Whose } from "../ipc/bindings/Whose";
import type { Commands } from "../ipc/commands";
import { ListState } from "./list.svelte";

export const WHOSE: Whose[] = ["mine", "taken", "free"];

export class LeadsState extends ListState<LeadRow, LeadFilter> {
  constructor(api: Commands) {
    super({ search: null, status: null, whose: null }, api.leadsPage);
  }

  whose(value: Whose): Promise<void> {
    return this.narrow({ whose: this.filter.whose === value ? null : value });
  }
}
