import type { Error as WireError } from "../ipc/bindings/Error";
import type { Profile } from "../ipc/bindings/Profile";
import type { SetupPlan } from "../ipc/bindings/SetupPlan";
import type { SetupProgress } from "../ipc/bindings/SetupProgress";
import { asError, type Commands } from "../ipc/commands";

/** Setting a database up: the plan first, then its steps, which can be stopped between two of them. */
export class SetupState {
  plan = $state.raw<SetupPlan | null>(null);
  loading = $state(false);
  running = $state(false);
  stopping = $state(false);
  progress = $state.raw<SetupProgress | null>(null);
  /** Steps that this run did; null while none was run. */
  done = $state<number | null>(null);
  error = $state.raw<WireError | null>(null);
  private profile: Profile | null = null;

  constructor(private api: Commands) {}

  open = $derived(this.plan !== null || this.loading || this.error !== null);

  /** Null: the open database. */
  async look(profile: Profile | null): Promise<void> {
    this.close();
    this.profile = profile;
    this.loading = true;
    try {
      this.plan = await this.api.setupPlan(profile);
    } catch (thrown) {
      this.error = asError(thrown);
    } finally {
      this.loading = false;
    }
  }

  take(progress: SetupProgress) {
    this.progress = progress;
  }

  /** True when every step is done. */
  async apply(): Promise<boolean> {
    if (this.running) return false;
    Object.assign(this, { running: true, stopping: false, progress: null, error: null, done: null });
    try {
      const after = await this.api.setupApply(this.profile);
      this.done = this.plan!.pending - after.pending;
      this.plan = after;
      return after.pending === 0;
    } catch (thrown) {
      const error = asError(thrown);
      // What was done is done: the plan is read again, so that it says what is left.
      this.plan = await this.api.setupPlan(this.profile).catch(() => this.plan);
      this.error = error;
      return false;
    } finally {
      this.running = false;
    }
  }

  stop() {
    this.stopping = true;
    void this.api.setupCancel();
  }

  close() {
    Object.assign(this, { plan: null, error: null, progress: null, done: null });
  }
}
