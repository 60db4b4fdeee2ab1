// One event of a lead's time: a bold sentence, and what belongs to it in quiet ones.
import { lookOf, severityOf, type Look } from "../../components/state";
import { t, word } from "../../i18n/index";
import { humanise } from "../../i18n/plural";
import type { LeadEvent } from "../../ipc/bindings/LeadEvent";
import type { Receipt } from "../../ipc/bindings/Receipt";
import { changeSentence, reasonWords, receiptSentence, shapeOf as shapeOfChange, whoOf } from "../ledger/sentence";
import { detailOf } from "../receipt/sentence";

type Told = { title: string; text: string; shape: Pick<Look, "icon" | "tone"> };
const count = (value: unknown): number => (typeof value === "number" ? value : Array.isArray(value) ? value.length : 0);

/** `when` says a moment in the operator's zone. */
export function tell(event: LeadEvent, when: (at: string) => string): Told {
  switch (event.source) {
    case "delivery":
      return delivery(event);
    case "status":
      return { title: event.action === "read" ? t.lead.read : t.lead.delivered, text: "", shape: lookOf("delivered") };
    case "created":
      return { title: t.lead.created, text: "", shape: { icon: "leads", tone: "tone-cancelled" } };
    case "message":
      return { title: t.lead.old(word(t.lane, event.to_state ?? "unknown").toLowerCase()), text: "", shape: lookOf(event.to_state ?? "unknown") };
    default:
      return event.receipt ? act(event, event.receipt as unknown as Receipt) : change(event, when);
  }
}

function act(event: LeadEvent, receipt: Receipt): Told {
  const who = whoOf(event);
  const detail = detailOf(receipt);
  const shape = receipt.action === "take" && receipt.changed ? ({ icon: "take", tone: "tone-info" } as const) : shapeOfChange(event as never);
  if (receipt.action === "take") {
    if (!receipt.changed) return { title: t.lead.tookNot(who), text: skipped(receipt), shape };
    const parts = [t.lead.cancelled(count(detail.cancelled_messages), count(detail.cancelled_jobs))];
    const earlier = count(detail.dispatched_earlier) - count(detail.on_the_wire);
    if (earlier > 0) parts.push(t.lead.earlierSent(earlier));
    if (count(detail.on_the_wire)) parts.push(t.lead.wire(count(detail.on_the_wire)));
    return { title: t.lead.took(who), text: parts.join(" "), shape };
  }
  const reason = event.reason ? t.ledger.because(reasonWords(event.reason)) : "";
  const back = receipt.changed && (receipt.action === "release" || (receipt.action === "undo" && (detail.undone_action ?? "take") === "take"));
  return { title: back ? t.lead.gaveBack(who) : t.lead.acted(who, receiptSentence(receipt, null)), text: [skipped(receipt), reason].filter(Boolean).join(" "), shape };
}

const skipped = (receipt: Receipt): string => (receipt.skipped[0] ? `${word(t.reason, receipt.skipped[0].reason)}.` : "");

function change(event: LeadEvent, when: (at: string) => string): Told {
  const slot = event.entity === "message" && event.from_state === null && event.to_state === "queued" && event.slot;
  const who = whoOf(event);
  const parts = [t.lead.queuedBy(event.operator ? who : who.charAt(0).toLowerCase() + who.slice(1))];
  if (slot && event.template) parts.push(t.lead.template(event.template));
  if (event.reason) parts.push(t.ledger.because(reasonWords(event.reason)));
  return { title: slot ? t.lead.slot(when(slot)) : changeSentence(event), text: parts.join(" "), shape: shapeOfChange(event) };
}

function delivery(event: LeadEvent): Told {
  const sender = word(t.lead.sender, event.sender ?? "");
  const parts = [t.lead.attempt(event.attempt ?? 1, sender)];
  if (event.operator) parts.push(t.lead.forWhom(event.operator));
  const why = event.error_code ?? event.reason;
  if (why && why !== "outcome_unknown") parts.push(`${word(t.reason, why)}.`);
  if (event.simulated) parts.push(t.lead.dry);
  const outcome = event.outcome;
  const title = outcome ? (t.lead.outcome[outcome] ?? humanise(outcome)) : event.dispatched_at ? t.lead.onWire : t.lead.claimed;
  const lane = outcome === null ? (event.dispatched_at ? "sending" : "queued") : outcome === "not_sent" ? "queued" : outcome;
  return { title, text: parts.join(" "), shape: outcome === "cancelled" ? severityOf("info") : lookOf(lane) };
}
