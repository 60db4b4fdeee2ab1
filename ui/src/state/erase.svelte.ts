import type { ErasePreview } from "../ipc/bindings/ErasePreview";
import type { Error as WireError } from "../ipc/bindings/Error";
import { asError, type Commands } from "../ipc/commands";

/** What erasing a person would do. Read when the dialog asks for it. */
export class EraseState {
  value = $state.raw<ErasePreview | null>(null);
  error = $state.raw<WireError | null>(null);
  private turn = 0;

  constructor(private api: Commands) {}

  /** Nothing of another person stays on the screen meanwhile. */
  async look(leadId: string): Promise<void> {
    const turn = ++this.turn;
    Object.assign(this, { value: null, error: null });
    try {
      const value = await this.api.erasePreview(leadId);
      if (turn === this.turn) this.value = value;
    } catch (thrown) {
      if (turn === this.turn) this.error = asError(thrown);
    }
  }
}
