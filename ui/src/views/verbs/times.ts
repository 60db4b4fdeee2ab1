// The quick answers to "when", in the operator's zone.
import { t } from "../../i18n/index";
import { addDays, type Zone } from "../../i18n/time";
import type { Desk } from "../../state/desk.svelte";

export type Answer = { word: string; at: number };
const MINUTE = 60_000;
const EVENING = 18 * 60;
/** Where nobody knows when this operator opens. */
const MORNING = 9 * 60;

/** When the operator's day opens, as minutes of the day: as a plan says, or the gate of what it holds until another day. */
export function opensAt(desk: Desk): number | null {
  const { zone } = desk.session;
  const held = desk.counts.value?.held.find(({ reason }) => reason === "outside_hours")?.next_at;
  // Later today is the end of a break.
  const at = desk.plan.value?.windows[0]?.opens_at ?? (held && zone.day(held) !== zone.day(desk.clock.now) ? held : null);
  return at ? zone.minutes(at) : null;
}

export function answers(zone: Zone, now: number, opens: number | null): Answer[] {
  const today = zone.day(now);
  const evening = zone.instant(today, EVENING)!;
  const tomorrow = zone.instant(addDays(today, 1), opens ?? MORNING)!;
  return [
    { word: t.reschedule.hour, at: Math.ceil((now + 60 * MINUTE) / MINUTE) * MINUTE },
    ...(evening > now + 30 * MINUTE ? [{ word: t.reschedule.evening(zone.clock(evening)), at: evening }] : []),
    { word: opens === null ? t.reschedule.tomorrow(zone.clock(tomorrow)) : t.reschedule.opening(zone.clock(tomorrow)), at: tomorrow },
  ];
}

/** When this calendar day ends there. */
export const endOfDay = (zone: Zone, now: number): number => zone.instant(addDays(zone.day(now), 1), 0)!;
