// A row of the ledger in operator words: a receipt as its toast said it, a change of state as what it means.
import { jobLook, lookOf, ownedLook, severityOf, type Look } from "../../components/state";
import { t, word } from "../../i18n/index";
import { humanise } from "../../i18n/plural";
import type { LedgerEntry } from "../../ipc/bindings/LedgerEntry";
import type { Receipt } from "../../ipc/bindings/Receipt";
import { toneOf } from "../../state/receipts.svelte";
import { lineOf, titleOf } from "../receipt/sentence";

type Change = { entity: string | null; entity_id?: string | null; action: string; from_state: string | null; to_state: string | null };

/** A name keeps its own direction inside an English sentence. */
const isolate = (name: string | null): string | null => name && `\u2068${name}\u2069`;

/** "Itai Golan taken", "Take lead: nothing changed": whoever did it, and whoever reads it. */
export function receiptSentence(receipt: Receipt, subject: string | null): string {
  if (receipt.changed === 0 && receipt.failed.length === 0) return t.ledger.nothingChanged(word(t.receipt.action, receipt.action));
  if (receipt.action === "take" && receipt.failed.length === 0) return t.ledger.taken(isolate(subject));
  return titleOf({ id: 0, tone: toneOf(receipt), receipt, error: null, subject, about: null, said: null, undone: null, signed: null, undoable: false, life: null });
}

/** "Message: queued, now sending" */
export function changeSentence({ entity, entity_id: id, action, from_state: from, to_state: to }: Change): string {
  switch (entity) {
    case "message":
    case "job":
    case "lead":
    case "delivery":
    case "operator":
    case "login": {
      const state = (value: string) => stateWord(entity, value).toLowerCase();
      const thing = word(t.ledger.thing, entity);
      // A change that is no change of state.
      if (!from && !to) return t.ledger.other(thing, word(t.receipt.action, action).toLowerCase());
      if (from && to && from !== to) return t.ledger.went(thing, state(from), state(to));
      return t.ledger.began(thing, state(to ?? from ?? action));
    }
    case "gate":
      return word(t.ledger.gate, to ?? action);
    case "pause":
      return id === "all" ? word(t.ledger.pause, to ?? action) : word(t.ledger.onePause, to ?? action);
    case "opt_out":
      return word(t.ledger.optOut, to ?? action);
    case "run":
      return word(t.ledger.run, to ?? action);
    case "settings":
      return t.ledger.settings;
    case "instance":
      return action === "sample_reset" ? t.ledger.reset : action === "clock" ? t.ledger.clock : t.ledger.other(humanise(entity), humanise(action).toLowerCase());
    default:
      return t.ledger.other(humanise(entity ?? action), humanise(to ?? action).toLowerCase());
  }
}

export function stateWord(entity: string, state: string): string {
  if (state === "deleted") return t.ledger.gone;
  if (entity === "message" || entity === "delivery") return state === "not_sent" ? t.ledger.notSent : word(t.lane, state);
  return entity === "job" ? word(t.jobState, state) : humanise(state);
}

/** Why nothing, or less, was changed: "skipped 1 (Dana Levi has it)". */
export function skippedLine(row: LedgerEntry): string | null {
  const receipt = row.receipt as unknown as Receipt | null;
  return receipt?.skipped.length ? lineOf({ id: 0, tone: "warn", receipt, error: null, subject: null, about: null, said: null, undone: null, signed: null, undoable: false, life: null }) : null;
}

/** An act that changed nothing: why belongs beside it. */
export const changedNothing = (row: LedgerEntry): boolean => (row.receipt as unknown as Receipt | null)?.changed === 0;

export function sentenceOf(row: LedgerEntry, name: string | null): string {
  return row.receipt ? receiptSentence(row.receipt as unknown as Receipt, name) : changeSentence(row);
}

/** Shape and colour, of the one map. */
export function shapeOf(row: Change & { receipt: unknown }): Pick<Look, "icon" | "tone"> {
  if (row.receipt) return severityOf(toneOf(row.receipt as Receipt));
  if (row.entity === "message" && row.to_state && row.to_state !== "deleted") return lookOf(row.to_state);
  if (row.entity === "job" && row.to_state && row.to_state !== "deleted") return jobLook(row.to_state);
  if (row.entity === "gate") return ownedLook(row.to_state === "taken");
  return severityOf("info");
}

/** Who did it, as people say it: the operator, else what kind of program. */
export function whoOf(row: { operator: string | null; by?: string | null; actor_kind: string | null }): string {
  if (row.operator) return row.by ? t.ledger.byFor(row.by, row.operator) : row.operator;
  return word(t.ledger.actor, row.actor_kind ?? "system");
}

/** A reason as it was written, or the words of a reason that the server gave. */
export const reasonWords = (reason: string): string => (/^[a-z0-9_]+$/.test(reason) ? word(t.reason, reason) : reason);
