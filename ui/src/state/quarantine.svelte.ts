import type { Error as WireError } from "../ipc/bindings/Error";
import type { Quarantined } from "../ipc/bindings/Quarantined";
import type { Receipt } from "../ipc/bindings/Receipt";
import { asError, type Commands } from "../ipc/commands";

const PAGE = 200;

/** Rows that a migration moved aside and that wait for a person. Never what they say. */
export class QuarantineState {
  rows = $state.raw<Quarantined[]>([]);
  chosen = $state.raw<ReadonlySet<number>>(new Set());
  loading = $state(false);
  acting = $state(false);
  more = $state(false);
  receipt = $state.raw<Receipt | null>(null);
  error = $state.raw<WireError | null>(null);

  constructor(private api: Commands) {}

  /** The first page anew, or with `further` the next one. */
  async load(further = false): Promise<void> {
    this.loading = true;
    try {
      const page = await this.api.quarantinePage(further ? (this.rows.at(-1)?.id ?? null) : null, PAGE);
      this.rows = further ? [...this.rows, ...page] : page;
      this.more = page.length === PAGE;
      this.chosen = new Set(this.rows.map(({ id }) => id).filter((id) => this.chosen.has(id)));
    } catch (thrown) {
      this.error = asError(thrown);
    } finally {
      this.loading = false;
    }
  }

  open(): Promise<void> {
    Object.assign(this, { rows: [], chosen: new Set(), receipt: null, error: null });
    return this.load();
  }

  toggle(id: number) {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(id)) chosen.add(id);
    this.chosen = chosen;
  }

  /** The chosen ones; with none chosen, all that wait. */
  async decide(verb: "restore" | "keep"): Promise<void> {
    if (this.acting) return;
    Object.assign(this, { acting: true, receipt: null, error: null });
    const ids = this.chosen.size ? [...this.chosen] : null;
    try {
      this.receipt = await (verb === "restore" ? this.api.quarantineRestore(ids) : this.api.quarantineKeep(ids));
      await this.load();
    } catch (thrown) {
      this.error = asError(thrown);
    } finally {
      this.acting = false;
    }
  }
}
