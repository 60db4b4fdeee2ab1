import { t } from "../../i18n/index";
import type { Desk } from "../../state/desk.svelte";

/** What "all sending is paused" means: who did it and when, why, until when. The same on every desk. */
export function stoppedLine(desk: Desk): string {
  const pause = desk.counts.value?.pause;
  if (!pause) return t.stopped.text;
  const when = (at: string) => desk.session.zone.long(at, desk.clock.now);
  const who = pause.by_me ? t.stopped.byYou(when(pause.at)) : pause.by_name ? t.stopped.by(pause.by_name, when(pause.at)) : t.stopped.byNobody(when(pause.at));
  return [who, pause.reason && t.stopped.why(pause.reason), pause.until ? t.stopped.until(when(pause.until)) : t.stopped.text].filter(Boolean).join(" ");
}
