import { t } from "../../i18n/index";
import type { Desk } from "../../state/desk.svelte";

/** What "all sending is paused" means here: who and when, if this window did it; why, if a reason was given. */
export function stoppedLine(desk: Desk): string {
  const { at, why } = desk.stop;
  const until = desk.pauses.everyone?.until;
  const parts = [at !== null && t.stopped.byYou(desk.session.zone.long(at, desk.clock.now)), why && t.stopped.why(why), until ? t.stopped.until(desk.session.zone.long(until, desk.clock.now)) : t.stopped.text];
  return parts.filter(Boolean).join(" ");
}
