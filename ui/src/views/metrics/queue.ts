import type { Filter } from "../../ipc/bindings/Filter";
import type { Desk } from "../../state/desk.svelte";

/** The rows behind a figure, as far as the queue can tell them apart: it is not cut to days. */
export function showInQueue(desk: Desk, filter: Partial<Filter>): void {
  desk.route.go("queue");
  void desk.messages.narrow({ lane: null, reason: null, search: null, operator: desk.metrics.operator, ...filter });
}
