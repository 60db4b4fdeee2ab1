import type { Error as WireError } from "../ipc/bindings/Error";
import type { Plan } from "../ipc/bindings/Plan";
import type { Receipt } from "../ipc/bindings/Receipt";
import { asError, type Commands } from "../ipc/commands";
import { addDays } from "../i18n/time";

export type Quarter = { at: number; count: number; open: boolean };

/** The preview of Prepare. Nothing is written until `apply`. */
export class PlanState {
  value = $state.raw<Plan | null>(null);
  loading = $state(false);
  applying = $state(false);
  /** No plan for this day. */
  error = $state.raw<WireError | null>(null);
  /** The plan was refused at the commit because leads changed. */
  stale = $state.raw<WireError | null>(null);
  day = $state<string | null>(null);
  private turn = 0;

  constructor(private api: Commands) {}

  /** Reasons by how many, most first. */
  reasons = $derived.by(() => {
    const counts = new Map<string, number>();
    for (const out of this.value?.left_out ?? []) counts.set(out.reason, (counts.get(out.reason) ?? 0) + 1);
    return [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
  });

  quarters = $derived(this.value ? quartersOf(this.value) : []);

  /** The most that go in one clock hour. */
  peak = $derived.by(() => {
    const hours = new Map<number, number>();
    for (const item of this.value?.items ?? []) {
      const hour = Math.floor(Date.parse(item.slot) / 3_600_000);
      hours.set(hour, (hours.get(hour) ?? 0) + 1);
    }
    return Math.max(0, ...hours.values());
  });

  /** How many would still go, as the refusal says; null when it says that nothing would. */
  others = $derived.by(() => {
    const others = Number(/\d+/.exec(this.stale?.hint ?? "")?.[0]);
    return others > 0 && others <= (this.value?.items.length ?? 0) ? others : null;
  });

  async preview(day: string | null): Promise<void> {
    const turn = ++this.turn;
    Object.assign(this, { loading: true, error: null, stale: null, day });
    try {
      const plan = await this.api.preparePreview(day);
      if (turn !== this.turn) return;
      this.value = plan;
      this.day = plan.day;
    } catch (thrown) {
      if (turn !== this.turn) return;
      this.value = null;
      this.error = asError(thrown);
    } finally {
      if (turn === this.turn) this.loading = false;
    }
  }

  step(days: number): Promise<void> {
    return this.day ? this.preview(addDays(this.day, days)) : Promise.resolve();
  }

  /** Null when the plan was refused as stale: the dialog then offers the others. */
  async apply(withoutChanged = false): Promise<Receipt | null> {
    const plan = this.value;
    if (!plan || this.applying) return null;
    this.applying = true;
    try {
      return await this.api.prepareApply(plan.id, withoutChanged);
    } catch (thrown) {
      const error = asError(thrown);
      if (error.code !== "plan_stale") throw thrown;
      this.stale = error;
      return null;
    } finally {
      this.applying = false;
    }
  }

  close() {
    this.turn++;
    Object.assign(this, { value: null, error: null, stale: null, loading: false, day: null });
  }
}

const QUARTER = 900_000;

/** Quarter hours from an hour before the first opening to an hour after the last closing. */
export function quartersOf(plan: Plan): Quarter[] {
  if (!plan.windows.length) return [];
  const hour = (ms: number) => Math.floor(ms / 3_600_000) * 3_600_000;
  const from = hour(Math.min(...plan.windows.map((w) => Date.parse(w.opens_at)))) - 3_600_000;
  const until = hour(Math.max(...plan.windows.map((w) => Date.parse(w.closes_at))) - 1) + 2 * 3_600_000;
  const counts = new Map<number, number>();
  for (const item of plan.items) {
    const at = Math.floor(Date.parse(item.slot) / QUARTER) * QUARTER;
    counts.set(at, (counts.get(at) ?? 0) + 1);
  }
  const quarters: Quarter[] = [];
  for (let at = from; at < until; at += QUARTER) {
    const open = plan.windows.some((w) => at >= Date.parse(w.opens_at) && at < Date.parse(w.closes_at));
    quarters.push({ at, count: counts.get(at) ?? 0, open });
  }
  return quarters;
}
