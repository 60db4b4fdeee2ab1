// A receipt in one bold sentence and one quiet line; the button, the toast and the ledger use the same verb.
import { t, word } from "../../i18n/index";
import { plainDay } from "../../i18n/time";
import type { Note } from "../../state/receipts.svelte";
import type { Receipt } from "../../ipc/bindings/Receipt";

export type Detail = Record<string, unknown>;
export const detailOf = (receipt: Receipt): Detail => (typeof receipt.detail === "object" && receipt.detail !== null ? (receipt.detail as Detail) : {});
const text = (value: unknown): string | null => (typeof value === "string" && value ? value : null);
/** A name keeps its own direction inside an English sentence. */
const isolate = (name: string | null): string | null => name && `\u2068${name}\u2069`;
const count = (value: unknown): number => (typeof value === "number" ? value : Array.isArray(value) ? value.length : 0);

export function titleOf(note: Note): string {
  const { receipt, error } = note;
  if (!receipt) return error ? word(t.error.code, error.code) : t.receipt.error;
  if (receipt.failed.length) return t.receipt.partFailed(receipt.changed, receipt.asked, receipt.failed.length);
  if (receipt.changed === 0) return t.receipt.nothing;
  const detail = detailOf(receipt);
  switch (receipt.action) {
    case "prepare":
      return t.receipt.prepare(receipt.changed, text(detail.day) && plainDay(text(detail.day)!, "short"));
    case "take":
      return t.receipt.take(isolate(note.subject));
    case "release":
      return t.receipt.release(isolate(note.subject));
    case "undo":
      // A prepare's undo names its plan; a take's is a hand back.
      return detail.plan_id ? t.receipt.undo(receipt.changed) : t.receipt.release(isolate(note.subject));
    case "stop":
    case "stop_everything":
    case "pause":
      return t.receipt.stop;
    case "resume":
      return t.receipt.resume;
    case "export":
      return t.receipt.export(receipt.changed);
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
  } else if (["stop", "stop_everything", "pause"].includes(receipt.action) && receipt.changed) parts.push(t.receipt.stopText);
  else if (receipt.action === "export") parts.push(file ?? t.receipt.askedLine(receipt.asked));
  else if (receipt.action === "release" || (receipt.action === "undo" && !detail.plan_id)) {
    if (receipt.changed) parts.push(t.receipt.staysCancelled);
  } else parts.push(t.receipt.askedLine(receipt.asked));
  parts.push(...skippedOf(receipt, detail));
  if (receipt.failed[0]) parts.push(receipt.failed[0].reason);
  if (count(detail.on_the_wire)) parts.push(t.receipt.wire(count(detail.on_the_wire)));
  const line = parts.join(", ");
  // A file is called what it is called.
  return file ? line : line.charAt(0).toUpperCase() + line.slice(1);
}

function skippedOf(receipt: Receipt, detail: Detail): string[] {
  const all = receipt.skipped.reduce((sum, skipped) => sum + skipped.count, 0);
  const only = receipt.skipped[0];
  if (!only) return [];
  const owner = text(detail.owner_name);
  if (only.reason === "taken_by" && owner) return [t.receipt.skippedLine(all, t.receipt.takenByLine(isolate(owner)!))];
  if (receipt.skipped.length === 1) return [t.receipt.skippedLine(all, word(t.reason, only.reason).toLowerCase())];
  return [t.receipt.skippedMany(all)];
}
