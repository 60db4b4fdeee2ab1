// A receipt in one bold sentence and one quiet line; the button, the toast and the ledger use the same verb.
import { t, word } from "../../i18n/index";
import { plainDay } from "../../i18n/time";
import type { Note } from "../../state/receipts.svelte";
import { SENDING } from "../../state/verbs.svelte";
import type { Receipt } from "../../ipc/bindings/Receipt";

export type Detail = Record<string, unknown>;
export const detailOf = (receipt: Receipt): Detail => (typeof receipt.detail === "object" && receipt.detail !== null ? (receipt.detail as Detail) : {});
const text = (value: unknown): string | null => (typeof value === "string" && value ? value : null);
/** A name keeps its own direction inside an English sentence. */
const isolate = (name: string | null): string | null => name && `\u2068${name}\u2069`;
const count = (value: unknown): number => (typeof value === "number" ? value : Array.isArray(value) ? value.length : 0);

/** Which verb an undo took back: the toast knows it, and the receipt says it. */
const undoneOf = (note: Note): string => note.undone ?? (note.receipt && text(detailOf(note.receipt).undone_action)) ?? "";
const scopeOf = (detail: Detail): string | null => text(detail.scope);
/** Whom a pause is about where nobody gave a name. */
const whomOf = (scope: string | null): string | null => scope && word(t.pauses.kinds, scope).toLowerCase();

export function titleOf(note: Note): string {
  const { receipt, error } = note;
  if (!receipt) return error ? word(t.error.code, error.code) : t.receipt.error;
  if (receipt.failed.length) return t.receipt.partFailed(receipt.changed, receipt.asked, receipt.failed.length);
  if (receipt.changed === 0) return t.receipt.nothing;
  const detail = detailOf(receipt);
  const who = isolate(note.subject ?? note.said);
  const scope = scopeOf(detail);
  switch (receipt.action) {
    case "prepare":
      return t.receipt.prepare(receipt.changed, text(detail.day) && plainDay(text(detail.day)!, "short"));
    case "take":
      return note.signed ? t.receipt.takeFor(isolate(note.subject), isolate(note.signed.who)!) : t.receipt.take(isolate(note.subject));
    case "release":
      return t.receipt.release(isolate(note.subject));
    case "undo":
      if (t.receipt.undone[undoneOf(note)]) return t.receipt.undone[undoneOf(note)]!(receipt.changed);
      // A prepare's undo names its plan; a take's is a hand back.
      return detail.plan_id ? t.receipt.undo(receipt.changed) : t.receipt.release(isolate(note.subject));
    case "stop":
    case "stop_everything":
      return t.receipt.stop;
    case "pause":
      return note.about === SENDING || scope === "all" ? t.receipt.stop : t.receipt.pause(who ?? whomOf(scope));
    case "cancel":
      return t.receipt.cancel(receipt.changed);
    case "retry":
      return t.receipt.retry(receipt.changed);
    case "reschedule":
      return t.receipt.reschedule(receipt.changed, note.said);
    case "set_priority":
      return t.receipt.setPriority(receipt.changed, note.said?.toLowerCase() ?? null);
    case "assign":
      return t.receipt.assign(receipt.changed, isolate(note.said));
    case "resolve":
      return t.receipt.resolve(receipt.changed, (text(detail.outcome) ?? note.said) === "sent");
    case "opt_out":
      return t.receipt.optOut(isolate(note.subject));
    case "erase":
      return t.erase.done(receipt.changed);
    case "adopt":
      return t.receipt.adopt(receipt.changed);
    case "operator_add":
      return t.receipt.operatorAdd(isolate(note.said));
    case "operator_renew":
      return t.receipt.operatorRenew(isolate(note.said), detail.reopened === true);
    case "operator_deactivate":
      return t.receipt.operatorDeactivate(isolate(note.said));
    case "resume":
      return note.about === SENDING || scope === "all" || (scope === null && note.about === null) ? t.receipt.resume : t.receipt.lifted(who ?? whomOf(scope));
    case "export":
      return t.receipt.export(receipt.changed);
    case "quarantine_restore":
      return t.quarantine.restored(receipt.changed);
    case "quarantine_keep":
      return t.quarantine.kept(receipt.changed);
    default:
      return t.receipt.other(word(t.receipt.action, receipt.action), receipt.changed);
  }
}

export function lineOf(note: Note): string {
  const { receipt, error } = note;
  if (!receipt) return error ? [error.message, error.hint].filter(Boolean).join(" ") : "";
  const detail = detailOf(receipt);
  const file = receipt.action === "export" ? (text(detail.file) ?? text(detail.path)) : null;
  const parts: string[] = [];
  if (receipt.action === "take" && receipt.changed) {
    if (count(detail.cancelled_messages)) parts.push(t.receipt.takeCancelled(count(detail.cancelled_messages)));
    const earlier = count(detail.dispatched_earlier) - count(detail.on_the_wire);
    if (earlier > 0) parts.push(t.receipt.takeEarlier(earlier));
  } else if (receipt.action === "export") parts.push(file ?? t.receipt.askedLine(receipt.asked));
  else if (receipt.action === "release" || (receipt.action === "undo" && !detail.plan_id && !t.receipt.undone[undoneOf(note)])) {
    if (receipt.changed) parts.push(t.receipt.staysCancelled);
  } else parts.push(...onlyOf(note, receipt, detail));
  parts.push(...skippedOf(receipt, detail));
  if (receipt.failed[0]) parts.push(receipt.failed[0].reason);
  if (detail.found_in_ledger === true) parts.push(t.receipt.foundInLedger);
  if (count(detail.on_the_wire)) parts.push(t.receipt.wire(count(detail.on_the_wire)));
  const line = parts.join(", ");
  // A file is called what it is called.
  return file ? line : line.charAt(0).toUpperCase() + line.slice(1);
}

/** What is said of an act on one person or on everything; of messages, how many were asked for. */
function onlyOf(note: Note, receipt: Receipt, detail: Detail): string[] {
  const { action, changed } = receipt;
  if (["stop", "stop_everything"].includes(action) || (action === "pause" && (note.about === SENDING || scopeOf(detail) === "all"))) return changed ? [text(detail.until) ? t.receipt.pauseText : t.receipt.stopText] : [];
  if (action === "pause") return changed ? [t.receipt.pauseText] : [];
  if (action === "opt_out") return changed && cancelledOf(detail) ? [t.receipt.takeCancelled(cancelledOf(detail))] : [];
  if (action === "erase" && (detail.goes_on || receipt.failed.length)) return [t.erase.goesOn];
  if (action === "erase") return changed ? [...(cancelledOf(detail) ? [t.receipt.takeCancelled(cancelledOf(detail))] : []), ...(Array.isArray(detail.elsewhere) && detail.elsewhere.length ? [t.erase.elsewhereLeft] : []), ...(detail.by_phone === false ? [t.erase.notByPhone] : [])] : [];
  if (["resume", "operator_add", "operator_renew", "operator_deactivate"].includes(action) || ["opt_out", "pause"].includes(undoneOf(note))) return [];
  const asked = t.receipt.askedLine(receipt.asked);
  return action === "resolve" && changed && (text(detail.outcome) ?? note.said) === "not_sent" ? [asked, t.receipt.canRetry] : [asked];
}

const cancelledOf = (detail: Detail): number => count(detail.cancelled_messages) || count(detail.message_ids);

/** The reasons that most were skipped for, with how many each; one reason alone needs no number of its own. */
function skippedOf(receipt: Receipt, detail: Detail): string[] {
  const all = receipt.skipped.reduce((sum, skipped) => sum + skipped.count, 0);
  const only = receipt.skipped[0];
  if (!only) return [];
  const owner = text(detail.owner_name);
  if (only.reason === "taken_by" && owner) return [t.receipt.skippedLine(all, t.receipt.takenByLine(isolate(owner)!))];
  const words = (reason: string) => word(t.reason, reason).toLowerCase();
  if (receipt.skipped.length === 1) return [t.receipt.skippedLine(all, words(only.reason))];
  const most = [...receipt.skipped].sort((a, b) => b.count - a.count);
  const named = most.slice(0, most.length > 3 ? 2 : 3);
  const rest = all - named.reduce((sum, skipped) => sum + skipped.count, 0);
  const parts = named.map(({ reason, count: n }) => t.receipt.skippedParts(n, words(reason)));
  return [t.receipt.skippedLine(all, [...parts, ...(rest ? [t.receipt.skippedRest(rest)] : [])].join(", "))];
}
