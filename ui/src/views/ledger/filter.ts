import { t, word } from "../../i18n/index";
import type { Desk } from "../../state/desk.svelte";

const DAY = 86_400_000;
export const SPANS = ["today", "week", "month"];

/** When a span began, by the operator's calendar; the day's midnight is found without knowing the zone's rules. */
export function spanFrom(desk: Desk, span: string | null): string | null {
  const now = desk.clock.now;
  if (span === null) return null;
  if (span !== "today") return new Date(now - (span === "week" ? 7 : 30) * DAY).toISOString();
  return new Date(Math.floor(now / 60_000) * 60_000 - desk.session.zone.minutes(now) * 60_000).toISOString();
}

/** The acts of this program, by the words of their buttons; two words of one button are one choice. */
export function acts(): { value: string; word: string }[] {
  const all = Object.keys(t.receipt.action).filter((action) => action !== "stop_everything");
  return all.map((value) => ({ value, word: word(t.receipt.action, value) }));
}

/** An operator's name, or a login as it is. */
export const whoName = (desk: Desk, who: string): string =>
  desk.counts.value?.operators.find((load) => load.user_id === who)?.name ?? desk.ledger.rows.find((row) => row.operator_id === who)?.operator ?? who;
