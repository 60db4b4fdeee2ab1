import type { Filter } from "../ipc/bindings/Filter";
import type { Receipt } from "../ipc/bindings/Receipt";
import type { Commands, ExportPreset, ExportProgress } from "../ipc/commands";

/** One export at a time: the choice, the file dialog, the rows. */
export class ExportState {
  preset = $state<ExportPreset>("excel");
  phase = $state<"choice" | "working">("choice");
  progress = $state.raw<ExportProgress | null>(null);

  constructor(private api: Commands) {}

  take(progress: ExportProgress) {
    if (this.phase === "working") this.progress = progress;
  }

  /** Null when the file dialog was closed. */
  async start(filter: Filter): Promise<Receipt | null> {
    this.phase = "working";
    this.progress = null;
    try {
      return await this.api.exportQueue(filter, this.preset);
    } finally {
      this.phase = "choice";
      this.progress = null;
    }
  }

  cancel(): Promise<void> {
    return this.api.exportCancel();
  }
}
