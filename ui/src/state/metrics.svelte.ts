import type { Error as WireError } from "../ipc/bindings/Error";
import type { Metrics } from "../ipc/bindings/Metrics";
import type { MetricsFilter } from "../ipc/bindings/MetricsFilter";
import { asError, type Commands } from "../ipc/commands";

export type Span = "today" | "week" | "month" | "range";
export const SPANS: Span[] = ["today", "week", "month", "range"];
const DAYS: Record<string, number> = { today: 1, week: 7, month: 30 };
/** A run changes something twice a second; figures are counted again after this, at the earliest. */
const CALM = 4_000;

/** The figures of a range of days. */
export class MetricsState {
  value = $state.raw<Metrics | null>(null);
  /** Real time of the answer. */
  readAt = $state<number | null>(null);
  error = $state.raw<WireError | null>(null);
  loading = $state(false);
  saving = $state(false);
  /** The file that was written last. */
  saved = $state<string | null>(null);
  span = $state<Span>("today");
  /** Of the range. */
  from = $state("");
  to = $state("");
  operator = $state<string | null>(null);
  /** What `value` is of, so that what was asked for since is known to be on its way. */
  private shown = $state("");
  private turn = 0;

  constructor(
    private api: Commands,
    private onmiss: (thrown: unknown) => void,
  ) {}

  filter = $derived.by((): MetricsFilter => {
    const range = this.span === "range";
    return { days: range ? null : DAYS[this.span]!, from: range ? this.from : null, to: range ? this.to : null, operator: this.operator };
  });
  /** What is shown is not what is asked for. */
  old = $derived(this.value !== null && this.shown !== JSON.stringify(this.filter));

  /** News came: counts again, unless it was counted a moment ago. The desk asks again by itself. */
  async freshen(): Promise<void> {
    if (!this.old && this.error === null && this.readAt !== null && Date.now() - this.readAt < CALM) return this.later();
    await this.load();
  }

  private timer: ReturnType<typeof setTimeout> | undefined;
  private later() {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.load().catch(this.onmiss);
    }, CALM);
  }

  choose(wish: Partial<Pick<MetricsState, "span" | "from" | "to" | "operator">>): void {
    // A range begins with the days that are shown.
    if (wish.span === "range" && this.value && !this.from) Object.assign(this, { from: this.value.from, to: this.value.to });
    Object.assign(this, wish, { saved: null });
    if (this.span !== "range" || (this.from && this.to)) void this.load().catch(this.onmiss);
  }

  /** An answer that a newer question has overtaken is dropped. Throws only what is about the connection: the rest is said here. */
  async load(): Promise<void> {
    const turn = ++this.turn;
    const filter = this.filter;
    this.loading = true;
    try {
      const value = await this.api.metrics(filter);
      if (turn !== this.turn) return;
      Object.assign(this, { value, readAt: Date.now(), error: null, shown: JSON.stringify(filter) });
    } catch (thrown) {
      if (turn !== this.turn) return;
      this.error = asError(thrown);
      if (this.error.retryable || ["no_connection", "connection_lost", "wrong_password"].includes(this.error.code)) throw thrown;
    } finally {
      if (turn === this.turn) this.loading = false;
    }
  }

  /** Says nothing when the file dialog was closed. */
  async save(): Promise<void> {
    this.saving = true;
    this.saved = null;
    try {
      this.saved = await this.api.metricsSave(this.filter);
    } finally {
      this.saving = false;
    }
  }
}
