// The figures as sentences.
import { t, word } from "../../i18n/index";
import { number } from "../../i18n/plural";
import { plainDay, Zone } from "../../i18n/time";
import type { Bar } from "../../ipc/bindings/Bar";
import type { Metrics } from "../../ipc/bindings/Metrics";

export type Shown = Bar & { name: string; long: string };

/** "Mon", "18 Nov", "the 7 days before": what the figures are compared with. */
export function than(metrics: Metrics): string {
  const { before } = metrics;
  if (!metrics.hourly) return t.metrics.before(metrics.bars.length);
  const days = (Date.parse(metrics.from) - Date.parse(before.from)) / 86_400_000;
  return days < 7 ? plainDay(before.from, "short").split(" ")[0]! : plainDay(before.from, "short");
}

/** "32 on Mon", "32 in the 7 days before" */
export const was = (figure: string, metrics: Metrics): string => t.metrics.was(figure, than(metrics), !metrics.hourly);

/** "up 6% on Mon"; where there was nothing, that. */
export function change(now: number, before: number, metrics: Metrics): string {
  const other = than(metrics);
  if (before === 0 || now === before) return now === before && now > 0 ? t.metrics.same(other) : was(number(before), metrics);
  const percent = Math.round((Math.abs(now - before) / before) * 100);
  return (now > before ? t.metrics.up : t.metrics.down)(percent, other);
}

/** With what exactly, for the tooltip. */
export function comparison(metrics: Metrics): string {
  const { before } = metrics;
  const zone = new Zone(metrics.zone);
  const days = before.from === before.to ? plainDay(before.from, "short") : t.metrics.through(plainDay(before.from, "short"), plainDay(before.to, "short"));
  return t.metrics.compared(days, before.whole ? null : zone.clock(before.until));
}

export const minutes = (seconds: number | null): number | null => (seconds === null ? null : Math.round(seconds / 60));

export function failureWord(code: string): string {
  return t.metrics.failure[code] ?? t.reason[code] ?? (/^\d+$/.test(code) ? code : word(t.reason, code));
}

/** The bars that are worth their room: of a day the hours from nine to six, and all in which something is. */
export function shown(metrics: Metrics, now: number): Shown[] {
  const zone = new Zone(metrics.zone);
  const all = metrics.bars.map((bar): Shown => {
    const clock = zone.clock(bar.at);
    if (metrics.hourly) return { ...bar, name: clock.slice(0, 2), long: clock };
    const day = bar.local.slice(0, 10);
    return { ...bar, name: metrics.bars.length <= 7 ? plainDay(day, "short").split(" ").slice(0, 2).join(" ") : plainDay(day, "short").split(" ").slice(1).join(" "), long: plainDay(day, "short") };
  });
  if (!metrics.hourly) return all;
  const isBusy = (bar: Shown, index: number) =>
    bar.sent + bar.failed + bar.unknown + bar.held + bar.planned > 0 || (bar.name >= "09" && bar.name < "18") || (Date.parse(bar.at) <= now && now < Date.parse(all[index + 1]?.at ?? metrics.ends_at));
  return all.slice(all.findIndex(isBusy), all.findLastIndex(isBusy) + 1);
}

/** "35 sent, 2 failed"; what is zero is not said. */
export function partsOf(bar: Bar): string {
  const parts = [[bar.sent, t.metrics.sent], [bar.failed, t.metrics.failed], [bar.unknown, t.metrics.unknown], [bar.held, t.metrics.held], [bar.planned, t.metrics.planned]] as const;
  return parts.filter(([n]) => n > 0).map(([n, name]) => t.metrics.part(n, name)).join(", ") || t.metrics.empty;
}

export const percent = (part: number, of: number): string => t.metrics.share(((part / of) * 100).toFixed(part === of || part === 0 ? 0 : 1));
