import type { FeedStatus } from "../ipc/bindings/FeedStatus";
import type { Commands } from "../ipc/commands";

/** How this window hears what others did. */
export class FeedState {
  value = $state.raw<FeedStatus | null>(null);

  constructor(private api: Commands) {}

  /** Changes come by themselves. */
  follows = $derived(this.value?.mode === "live" || this.value?.mode === "polling");
  offline = $derived(this.value?.mode === "offline");
  /** A loss that this window saw and somebody read. */
  private dismissed = $state<string | null>(null);
  /** The database went back, and this login could not stop sending for it. */
  untended = $derived.by(() => !!this.value?.loss && !this.value.loss.stopped && this.value.loss.id !== this.dismissed);

  dismiss(id: string | undefined) {
    this.dismissed = id ?? null;
  }

  /** Milliseconds of this computer's clock. */
  since = $derived(this.value ? Date.parse(this.value.since) : null);

  /** The same of the last change. */
  lastEventAt = $state<number | null>(null);

  take(status: FeedStatus) {
    this.value = status;
    if (status.last_event_at) this.lastEventAt = Date.parse(status.last_event_at);
  }

  async load(): Promise<void> {
    this.take(await this.api.feedStatus());
  }
}
