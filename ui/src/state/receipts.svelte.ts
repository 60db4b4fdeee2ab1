import type { Error as WireError } from "../ipc/bindings/Error";
import type { Receipt } from "../ipc/bindings/Receipt";
import type { ReceiptPage } from "../ipc/bindings/ReceiptPage";
import type { Settled } from "../ipc/bindings/Settled";
import { t, word } from "../i18n/index";
import { asError, type Commands } from "../ipc/commands";
import type { Signed } from "./session.svelte";

export type Tone = "ok" | "warn" | "danger";
/** What an act was about, for its sentence. */
export type About = {
  /** The lead that was acted on; privacy mode hides its name. */
  subject: string | null;
  /** What it was done to: a lead's id, or all sending. A newer act on the same takes this one's place. */
  about: string | null;
  /** What else the sentence names: a time, an operator, an answer. */
  said: string | null;
  /** For an Undo: the action that it took back. */
  undone: string | null;
  /** An admin did it for another operator. */
  signed: Signed | null;
};
export type Note = About & {
  id: number;
  tone: Tone;
  receipt: Receipt | null;
  error: WireError | null;
  undoable: boolean;
  /** Milliseconds on the screen; null stays until it is read. */
  life: number | null;
};

const UNDOABLE = ["prepare", "take"];
const NOTHING: About = { subject: null, about: null, said: null, undone: null, signed: null };
const KEEP = 3;

/** Green only if something changed and nothing failed. Zero changed is amber, never green. */
export function toneOf(receipt: Receipt): Tone {
  if (receipt.failed.length > 0) return "danger";
  return receipt.changed > 0 ? "ok" : "warn";
}

/** Undo accepts it: the receipt says so. */
function undoableOf({ action, changed, detail }: Receipt): boolean {
  return changed > 0 && (UNDOABLE.includes(action) || (detail as { undoable?: unknown } | null)?.undoable === true);
}

/** The toasts of what was done, newest last, at most three. */
export class ReceiptsState {
  notes = $state.raw<Note[]>([]);
  /** The one that the dialog shows. */
  open = $state.raw<Note | null>(null);
  /** How much of the screen's end they cover, in px; 0 when there is none. */
  height = $state(0);
  private serial = 0;
  /** What the ledger knows about the open one; null while it is read, and where the ledger has none. */
  page = $state.raw<ReceiptPage | null>(null);
  pageError = $state.raw<WireError | null>(null);

  constructor(private api: Commands) {}

  /** Opens a receipt, and asks the ledger for its who, when and rows. */
  async show(note: Note): Promise<void> {
    Object.assign(this, { open: note, page: null, pageError: null });
    const id = note.receipt?.receipt_id;
    if (!id || !note.receipt?.ledger_id) return;
    try {
      const page = await this.api.receiptGet(id);
      if (this.open?.receipt?.receipt_id === id) this.page = page;
    } catch (thrown) {
      if (this.open?.receipt?.receipt_id === id) this.pageError = asError(thrown);
    }
  }

  /** The newest that can still be undone with Z. */
  undoable = $derived(this.notes.findLast((note) => note.undoable) ?? null);

  /** A receipt of the ledger, as if it had just been given. Whether it can be undone is the page's to say. */
  noteOf(receipt: Receipt, subject: string | null): Note {
    return { id: ++this.serial, tone: toneOf(receipt), receipt, error: null, ...NOTHING, subject, undoable: false, life: null };
  }

  add(receipt: Receipt, of: Partial<About> = {}) {
    const { about = null } = of;
    const tone = toneOf(receipt);
    const undoable = undoableOf(receipt);
    const life = tone !== "ok" ? null : undoable ? 10_000 : 6_000;
    // Its opposite is over, and so is its Undo; the same again replaces only if it did something.
    const over = (note: Note) => about !== null && note.about === about && (note.receipt?.action !== receipt.action || receipt.changed > 0);
    this.notes = this.notes.filter((note) => !over(note));
    this.push({ ...NOTHING, ...of, id: ++this.serial, tone, receipt, error: null, undoable, life });
  }

  fail(error: WireError) {
    const tone = error.code === "cancelled" || error.code === "not_available_yet" ? "warn" : "danger";
    this.push({ id: ++this.serial, tone, receipt: null, error, ...NOTHING, undoable: false, life: null });
  }

  /** What the ledger says now about an act that was in doubt: the doubt goes. */
  settle({ verb, receipt }: Settled) {
    this.notes = this.notes.filter(({ error }) => error?.code !== "commit_in_doubt");
    if (receipt) this.add(receipt);
    else this.fail({ code: "connection_lost", message: t.receipt.notDone(word(t.receipt.action, verb)), retryable: true });
  }

  dismiss(id: number) {
    this.notes = this.notes.filter((note) => note.id !== id);
  }

  private push(note: Note) {
    this.notes = [...this.notes, note].slice(-KEEP);
  }
}
