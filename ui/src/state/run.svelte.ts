import type { RunStatus } from "../ipc/bindings/RunStatus";
import type { Commands } from "../ipc/commands";

/** This desk's automation. */
export class RunState {
  value = $state.raw<RunStatus | null>(null);
  busy = $state(false);

  constructor(private api: Commands) {}

  running = $derived(this.value?.state === "running");
  stopping = $derived(this.value?.state === "stopping");
  active = $derived(this.running || this.stopping);
  lastMinute = $derived(this.value?.per_minute.at(-1) ?? 0);

  take(status: RunStatus) {
    this.value = status;
  }

  async load(): Promise<void> {
    this.value = await this.api.automationStatus();
  }

  async toggle(): Promise<void> {
    if (this.busy || this.stopping) return;
    this.busy = true;
    try {
      this.value = this.running ? await this.api.automationStop() : await this.api.automationStart();
    } finally {
      this.busy = false;
    }
  }
}
