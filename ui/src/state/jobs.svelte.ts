import type { JobFilter } from "../ipc/bindings/JobFilter";
import type { JobRow } from "../ipc/bindings/JobRow";
import type { Commands } from "../ipc/commands";
import { ListState } from "./list.svelte";

export class JobsState extends ListState<JobRow, JobFilter> {
  constructor(api: Commands) {
    super({ state: null, operator: null }, api.jobsPage);
  }

  toggle(key: "state" | "operator", value: string): Promise<void> {
    return this.narrow({ [key]: this.filter[key] === value ? null : value });
  }
}
