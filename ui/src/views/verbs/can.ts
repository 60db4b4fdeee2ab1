// Which messages a verb can do something for, and why not where it cannot: the buttons, the keys and the menus ask here.
import type { MessageRow } from "../../ipc/bindings/MessageRow";
import type { Desk } from "../../state/desk.svelte";
import { t, word } from "../../i18n/index";

export type MessageVerb = "cancel" | "retry" | "reschedule" | "priority" | "assign" | "settle" | "adopt";

const waits = ({ lane }: MessageRow) => lane === "queued" || lane === "held";
const CAN: Record<MessageVerb, (row: MessageRow) => boolean> = {
  // One that was claimed and has not left yet can still be cancelled; the receipt says which had left.
  cancel: (row) => waits(row) || row.lane === "sending",
  retry: (row) => (row.lane === "failed" || row.lane === "cancelled") && !row.owner_id && row.reason !== "opted_out",
  reschedule: waits,
  priority: waits,
  assign: waits,
  settle: ({ lane }) => lane === "unknown",
  adopt: (row) => waits(row) && row.reason === "not_adopted",
};

export const able = (verb: MessageVerb, rows: MessageRow[]): MessageRow[] => rows.filter(CAN[verb]);

/** Why the verb can do nothing for these messages, in the words of a tooltip; null when it can. */
export function verbBlocked(desk: Desk, verb: MessageVerb, rows: MessageRow[] = desk.targets): string | null {
  if (desk.session.blocked) return desk.session.blocked;
  if (!rows.length) return t.blocked.noMessage;
  if (able(verb, rows).length) return null;
  const reasons = new Set(rows.map((row) => whyNot(verb, row)));
  return reasons.size === 1 ? [...reasons][0]! : t.cannot.mixed;
}

function whyNot(verb: MessageVerb, row: MessageRow): string {
  if (verb === "settle") return t.cannot.known;
  if (verb === "adopt") return waits(row) ? t.cannot.adopted : t.cannot.notWaiting;
  if (row.lane === "unknown") return t.cannot.unknown;
  if (verb !== "retry") return word(t.cannot.lane, row.lane);
  if (waits(row)) return t.cannot.waits;
  if (row.owner_id) return t.cannot.taken(row.owner ?? t.frame.colleague);
  return row.reason === "opted_out" ? t.cannot.optedOut : word(t.cannot.lane, row.lane);
}

export function optOutBlocked(desk: Desk): string | null {
  if (desk.session.blocked) return desk.session.blocked;
  if (!desk.subject) return t.blocked.noLead;
  if (!desk.subject.leadId) return t.blocked.rowWithoutLead;
  return desk.subject.optedOut ? t.cannot.optedOut : null;
}
