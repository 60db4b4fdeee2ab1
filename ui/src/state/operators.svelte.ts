import type { Error as WireError } from "../ipc/bindings/Error";
import type { OperatorRow } from "../ipc/bindings/OperatorRow";
import { asError, type Commands } from "../ipc/commands";

/** How many more messages an operator can take today; null is no limit. */
export function freeSeats(operator: OperatorRow): number | null {
  return operator.capacity_today === null ? null : Math.max(0, operator.capacity_today - operator.used_today - operator.waiting);
}

/** Who works here, with the day of each. Read when a dialog asks for it. */
export class OperatorsState {
  value = $state.raw<OperatorRow[] | null>(null);
  error = $state.raw<WireError | null>(null);
  private turn = 0;

  constructor(private api: Commands) {}

  active = $derived(this.value?.filter((operator) => operator.active) ?? null);

  /** The last answer stays while the next is fetched. */
  async load(): Promise<void> {
    const turn = ++this.turn;
    try {
      const rows = await this.api.operators();
      if (turn === this.turn) Object.assign(this, { value: rows, error: null });
    } catch (thrown) {
      if (turn === this.turn) this.error = asError(thrown);
    }
  }
}
