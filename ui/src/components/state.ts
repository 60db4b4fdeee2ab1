// The one map from a state to its colour, shape and word. Nothing else names a state's colour or icon.
import { t, word } from "../i18n/index";
import type { IconName } from "./icons";

/** A simulated message is never called sent without saying so. */
export function laneWord(lane: string, simulated: boolean): string {
  return simulated ? t.dryRun.with(lookOf(lane).word) : lookOf(lane).word;
}

/** The class carries the colours (base.css): --c ink, --k tint, --g mark. */
export type Look = { icon: IconName; tone: string; word: string };

const LANE_ICONS: Record<string, IconName> = {
  queued: "queued", held: "held", sending: "sending", sent: "sent", delivered: "delivered", failed: "failed", unknown: "unknown", cancelled: "cancelled",
};
export const LANES = Object.keys(LANE_ICONS);

export function lookOf(lane: string): Look {
  const icon = LANE_ICONS[lane];
  return { icon: icon ?? "unknown", tone: `tone-${icon ? lane : "unknown"}`, word: word(t.lane, lane) };
}

/** A job's state is not a lane, but where both mean the same they look the same. */
const JOBS: Record<string, [IconName, string]> = {
  queued: ["queued", "tone-queued"], processing: ["refresh", "tone-sending"], completed: ["ok", "tone-ok"], failed: ["failed", "tone-failed"], cancelled: ["cancelled", "tone-cancelled"],
};
export const JOB_STATES = Object.keys(JOBS);

export function jobLook(state: string): Look {
  const [icon, tone] = JOBS[state] ?? ["unknown", "tone-unknown"];
  return { icon, tone, word: word(t.jobState, state) };
}

/** A lead that asked for no messages. */
export const optedOutLook = (): Look => ({ icon: "cancelled", tone: "tone-cancelled", word: word(t.reason, "opted_out") });

/** Who has a lead, and so whether the machine may speak. */
export const ownedLook = (owned: boolean): { icon: IconName; tone: string } => (owned ? { icon: "lock", tone: "tone-info" } : { icon: "auto", tone: "tone-queued" });

const SEVERITIES: Record<string, IconName> = { ok: "ok", info: "info", warn: "warn", danger: "failed", unknown: "unknown" };
export type Severity = "ok" | "info" | "warn" | "danger" | "unknown";

export function severityOf(severity: Severity): { icon: IconName; tone: string } {
  return { icon: SEVERITIES[severity]!, tone: `tone-${severity}` };
}

/** Five colours for the reasons of being held; always beside their name and count. */
const REASONS: Record<string, string> = {
  outside_hours: "hours", quiet_hours: "zone", zone_unknown: "zone", contacted_recently: "hour", day_cap: "day", hour_cap: "hour", per_number: "hour", per_recipient: "hour", paused: "paused", too_old: "day", not_adopted: "paused",
};
export function reasonColour(reason: string): string {
  return `var(--reason-${REASONS[reason] ?? "paused"})`;
}
