import { t } from "../../i18n/index";
import type { Desk } from "../../state/desk.svelte";

/** The reason with which a desk stops everything when it finds out. */
const WENT_BACK = "went_back";

/** The database forgot what desks saw, and everything was stopped for it. */
export function wentBack(desk: Desk): boolean {
  return desk.counts.value?.pause?.reason === WENT_BACK;
}

/** What this desk found to be gone; empty: it found nothing, another one did. */
export function lossLine(desk: Desk): string {
  const loss = desk.feed.value?.loss;
  return loss ? [t.stopped.gone(loss.rows, loss.or_more), loss.put_back > 0 && t.stopped.putBack(loss.put_back)].filter(Boolean).join(" ") : "";
}

/** What "all sending is paused" means: who did it and when, why, until when. The same on every desk. */
export function stoppedLine(desk: Desk): string {
  const pause = desk.counts.value?.pause;
  if (!pause) return t.stopped.text;
  const when = (at: string) => desk.session.zone.long(at, desk.clock.now);
  if (pause.reason === WENT_BACK) return [t.stopped.wentBack(when(pause.at)), lossLine(desk)].filter(Boolean).join(" ");
  const who = pause.by_me ? t.stopped.byYou(when(pause.at)) : pause.by_name ? t.stopped.by(pause.by_name, when(pause.at)) : t.stopped.byNobody(when(pause.at));
  return [who, pause.reason && t.stopped.why(pause.reason), pause.until ? t.stopped.until(when(pause.until)) : t.stopped.text].filter(Boolean).join(" ");
}
