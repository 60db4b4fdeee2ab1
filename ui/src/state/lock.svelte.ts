import type { Error as WireError } from "../ipc/bindings/Error";
import type { RunStatus } from "../ipc/bindings/RunStatus";
import type { WindowLock } from "../ipc/bindings/WindowLock";
import { asError, type Commands } from "../ipc/commands";

/** How often it looks whether somebody was here. */
const LOOK = 5_000;
const INPUT = ["pointerdown", "pointermove", "keydown", "wheel"];
/** Minutes that can be chosen; 0 is never. */
export const MINUTES = [0, 5, 15, 30, 60];

/** The window's lock, which outlives the desk that it covers. */
export class LockState {
  value = $state.raw<WindowLock | null>(null);
  /** What automation does meanwhile; null where it is not known. */
  run = $state.raw<RunStatus | null>(null);
  error = $state.raw<WireError | null>(null);
  /** Whom this window acted for when it was covered: that is over. */
  acted = $state<string | null>(null);
  busy = $state(false);
  locked = $derived(this.value?.locked ?? false);
  private lastInput = Date.now();
  private stops: (() => void)[] = [];

  constructor(private api: Commands) {}

  /** Watches for input, and for automation while nobody else does. Returns when it is known whether the window is locked. */
  async open(): Promise<void> {
    const look = () => void this.look();
    // After a sleep the timer is late: whoever comes first finds it locked, and does not begin a new time.
    const touched = () => (this.isOver() ? look() : void (this.lastInput = Date.now()));
    for (const name of INPUT) window.addEventListener(name, touched, { capture: true, passive: true });
    window.addEventListener("focus", look);
    const timer = setInterval(look, LOOK);
    this.stops.push(() => INPUT.forEach((name) => window.removeEventListener(name, touched, { capture: true })), () => window.removeEventListener("focus", look), () => clearInterval(timer));
    this.stops.push(await this.api.onRun((status) => (this.run = status)));
    await this.load();
  }

  close() {
    this.stops.forEach((stop) => stop());
  }

  load = () => this.keep(() => this.api.lockState());
  set = (minutes: number | null) => this.keep(() => this.api.setLockAfter(minutes));

  /** Covers the window. Where no database is open there is nothing to cover. */
  async now(): Promise<void> {
    await this.load();
    if (this.value?.unlock && !this.locked) await this.keep(() => this.api.lockWindow());
  }

  /** True when it is open again. */
  async unlock(password: string | null): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    await this.keep(() => this.api.unlockWindow(password));
    this.busy = false;
    this.lastInput = Date.now();
    return !this.locked;
  }

  async loadRun(): Promise<void> {
    this.run = await this.api.automationStatus().catch(() => null);
  }

  private async look(): Promise<void> {
    if (this.isOver()) await this.now();
  }

  private isOver(): boolean {
    const minutes = this.value?.after_minutes;
    return !!minutes && !this.locked && Date.now() - this.lastInput >= minutes * 60_000;
  }

  private async keep(ask: () => Promise<WindowLock>): Promise<void> {
    try {
      this.value = await ask();
      this.error = null;
    } catch (thrown) {
      this.error = asError(thrown);
    }
  }
}
