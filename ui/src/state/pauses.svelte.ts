import type { Error as WireError } from "../ipc/bindings/Error";
import type { PauseRow } from "../ipc/bindings/PauseRow";
import { asError, type Commands } from "../ipc/commands";

/** What people hold back by hand, and until when. Null is "not known". */
export class PausesState {
  value = $state.raw<PauseRow[] | null>(null);
  error = $state.raw<WireError | null>(null);

  constructor(private api: Commands) {}

  /** The one that holds everybody. */
  everyone = $derived(this.value?.find((pause) => pause.scope === "all") ?? null);

  async load(): Promise<void> {
    try {
      this.value = await this.api.pauses();
      this.error = null;
    } catch (thrown) {
      this.error = asError(thrown);
    }
  }
}
