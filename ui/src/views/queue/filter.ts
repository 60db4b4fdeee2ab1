import { t, word } from "../../i18n/index";
import type { Desk } from "../../state/desk.svelte";

export function operatorName(desk: Desk, id: string | null): string {
  return desk.counts.value?.operators.find((load) => load.user_id === id)?.name ?? t.queue.operatorChip;
}

/** The filter as words in quotation marks: “Held, Noa Shalev, golan”. */
export function filterWords(desk: Desk): string {
  const { lane, operator, reason, search } = desk.messages.filter;
  const words = [lane && word(t.lane, lane), reason && word(t.reason, reason), operator && operatorName(desk, operator), search].filter(Boolean);
  return `“${words.join(", ")}”`;
}
