// The sentence of "why and when": the same in the row, in the peek and in the receipt.
import type { MessageRow } from "../ipc/bindings/MessageRow";
import { t, word } from "./index";

/** What a row says about its state, without the time. */
export function whyOf(row: MessageRow, now: number): string {
  const { lane, reason, reason_detail: detail } = row;
  switch (lane) {
    case "sending":
      return t.why.onTheWire;
    case "queued":
      if (reason && reason !== "not_due") return reasonWith(reason, detail);
      return row.next_at && Date.parse(row.next_at) <= now ? t.why.dueNow : t.why.hasSlot;
    case "sent":
      if (reason) return reasonWith(reason, detail);
      return row.simulated ? t.why.simulated : t.why.atProvider;
    case "delivered":
      return reason ? reasonWith(reason, detail) : t.why.delivered;
    case "failed":
    case "unknown":
    case "cancelled":
    case "held":
      return reason ? reasonWith(reason, detail) : t.why[lane];
    default:
      return reason ? reasonWith(reason, detail) : "";
  }
}

/** The lane and its reason in one line; the lane alone when there is nothing to add. */
export function stateAndWhy(laneWord: string, row: MessageRow, now: number): string {
  const why = whyOf(row, now);
  return why && why !== laneWord ? t.why.state(laneWord, why) : laneWord;
}

export function reasonWith(reason: string, detail: string | null): string {
  if (detail && (reason === "taken" || reason === "taken_by")) return t.why.takenBy(detail);
  const words = word(t.reason, reason);
  if (!detail) return words;
  return t.why.with(words, t.reason[detail]?.toLowerCase() ?? detail);
}
