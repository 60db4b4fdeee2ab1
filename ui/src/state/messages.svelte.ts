import type { Filter } from "../ipc/bindings/Filter";
import type { MessageRow } from "../ipc/bindings/MessageRow";
import type { Commands } from "../ipc/commands";
import { ListState } from "./list.svelte";

export class MessagesState extends ListState<MessageRow, Filter> {
  constructor(api: Commands) {
    super({ lane: null, operator: null, reason: null, search: null }, api.messagesPage);
  }

  /** A click filters, a second click removes. Only held messages have a reason: a lane without it excludes the other. */
  toggle(key: "lane" | "operator" | "reason", value: string): Promise<void> {
    const change: Partial<Filter> = { [key]: this.filter[key] === value ? null : value };
    if (key === "reason" && this.filter.lane !== "held") change.lane = null;
    if (key === "lane" && value !== "held") change.reason = null;
    return this.narrow(change);
  }
}
