import type { Error as WireError } from "../ipc/bindings/Error";
import type { LedgerEntry } from "../ipc/bindings/LedgerEntry";
import type { LedgerFilter } from "../ipc/bindings/LedgerFilter";
import type { LedgerKind } from "../ipc/bindings/LedgerKind";
import type { LedgerState as Sealed } from "../ipc/bindings/LedgerState";
import type { Verification } from "../ipc/bindings/Verification";
import { asError, type Commands, type VerifyProgress } from "../ipc/commands";
import { ListState } from "./list.svelte";

export const KINDS: LedgerKind[] = ["receipt", "change", "foreign"];
const NOTHING: LedgerFilter = { lead: null, who: null, action: null, kind: null, from: null, until: null, receipt: null };

/** What is known of the chain: never more than the last verification said. */
export type Trust = "never" | "verifying" | "intact" | "tampered" | "unknown";

/** Who did what, and whether the record of it is as it was written. */
export class LedgerState extends ListState<LedgerEntry, LedgerFilter> {
  sealed = $state.raw<Sealed | null>(null);
  verification = $state.raw<Verification | null>(null);
  /** Real time at which it came. */
  verifiedAt = $state<number | null>(null);
  verifyError = $state.raw<WireError | null>(null);
  progress = $state.raw<VerifyProgress | null>(null);
  verifying = $state(false);
  stopping = $state(false);

  constructor(private api: Commands) {
    super(NOTHING, api.ledgerPage);
    // The acts first: a prepare is one row, not five hundred.
    this.filter = { ...NOTHING, kind: "receipt" };
  }

  trust = $derived.by((): Trust => {
    if (this.verifying) return "verifying";
    if (this.verifyError) return "unknown";
    if (!this.verification) return "never";
    if (this.verification.problem_count > 0) return "tampered";
    // Nothing was sealed, so nothing was verified.
    return this.verification.sealed > 0 ? "intact" : "unknown";
  });

  async loadState(): Promise<void> {
    this.sealed = await this.api.ledgerState();
  }

  toggle(key: "kind" | "who", value: string): Promise<void> {
    return this.narrow({ [key]: this.filter[key] === value ? null : value });
  }

  /** What an act changed, row by row. */
  showRows(receiptId: string): Promise<void> {
    return this.narrow({ ...NOTHING, receipt: receiptId, kind: "change" });
  }

  take(progress: VerifyProgress) {
    if (this.verifying) this.progress = progress;
  }

  /** The last answer stays where this one was stopped; one that failed leaves nothing known. */
  async verify(): Promise<void> {
    if (this.verifying) return;
    Object.assign(this, { verifying: true, stopping: false, progress: null });
    try {
      this.verification = await this.api.ledgerVerify();
      this.verifiedAt = Date.now();
      this.verifyError = null;
      await this.loadState().catch(() => {});
    } catch (thrown) {
      const error = asError(thrown);
      if (error.code !== "cancelled") this.verifyError = error;
    } finally {
      this.verifying = false;
    }
  }

  stopVerifying(): Promise<void> {
    this.stopping = true;
    return this.api.ledgerVerifyCancel();
  }
}
