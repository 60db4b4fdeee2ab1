// The figures behind the mock: a working day like that of the picture, and other days like it.
import type { Bar } from "./bindings/Bar";
import type { Metrics } from "./bindings/Metrics";
import type { MetricsFilter } from "./bindings/MetricsFilter";
import { Zone } from "../i18n/time";
import { fail, OPERATORS } from "./mock-data";
import type { MockQueue } from "./mock-queue";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const ZONE = "Asia/Jerusalem";
/** Sent, failed, unknown, held, planned, half and 95 % in minutes, by hour from nine. */
const HOURS = [[70, 2, 0, 8, 0, 2, 9], [84, 5, 1, 11, 0, 3, 13], [88, 2, 0, 20, 0, 4, 15], [64, 7, 1, 34, 0, 11, 44], [74, 6, 1, 114, 0, 14, 58], [32, 5, 1, 110, 0, 24, 80], [0, 0, 0, 0, 46], [0, 0, 0, 0, 56], [0, 0, 0, 0, 50]];
const FAILED: [string, number, boolean][] = [["131026", 11, false], ["131016", 9, true], ["132007", 4, false], ["131049", 2, false], ["131056", 1, true]];
const SHARES = [0.42, 0.35, 0.23];
const iso = (ms: number) => new Date(ms).toISOString();
const dayOf = (ms: number) => new Zone(ZONE).day(ms);
const midnight = (day: string) => new Zone(ZONE).instant(day, 0)!;

export function inventMetrics(queue: MockQueue, scenario: string, filter: MetricsFilter): Metrics {
  const today = dayOf(queue.now);
  const to = filter.to ?? today;
  const from = filter.from ?? (filter.days ? dayOf(midnight(today) - (filter.days - 1) * DAY + 2 * HOUR) : to);
  const length = Math.round((Date.parse(to) - Date.parse(from)) / DAY) + 1;
  if (length < 1) throw fail("bad_input", `The range ends before it begins (${from} to ${to}).`, "Give the earlier day first.");
  if (length > 366) throw fail("bad_input", `At most 366 days can be counted at once; ${from} to ${to} are ${length}.`, "Choose a shorter range.");
  const hourly = length === 1;
  const quiet = ["fresh", "zero", "night"].includes(scenario) || from > today || Date.parse(to) < Date.parse(today) - 60 * DAY;
  const share = filter.operator ? SHARES[OPERATORS.findIndex((o) => o.user_id === filter.operator)]! : 1;
  const bars = Array.from({ length: hourly ? 24 : length }, (_, n) => (hourly ? hour(midnight(from) + n * HOUR, quiet ? -1 : n - 9, share) : day(midnight(dayOf(midnight(from) + n * DAY + 2 * HOUR)), today, quiet, share)));
  const sum = (key: "sent" | "failed" | "unknown") => bars.reduce((all, bar) => all + bar[key], 0);
  const sent = sum("sent");
  const factor = sum("failed") / 27;
  const figures = { sent, delivered: Math.round(sent * 0.767), read: Math.round(sent * 0.41), failed: sum("failed"), unknown: sum("unknown"), cancelled: quiet ? 0 : Math.round(52 * length * share), wait_half: sent ? 22 * 60 : null, wait_most: sent ? 74 * 60 : null };
  const before = iso(midnight(from) - length * DAY + 2 * HOUR).slice(0, 10);
  const failures = FAILED.map(([code, n, retryable]) => ({ code, count: Math.round(n * factor), retryable })).filter((failure) => failure.count > 0);
  const loads = queue.counts().operators;
  const people = OPERATORS.filter((o) => !filter.operator || o.user_id === filter.operator);
  return {
    at: iso(queue.now), zone: ZONE, from, to, today, sample: scenario !== "live", hourly, ends_at: iso(midnight(to) + DAY), totals: figures,
    before: { ...figures, sent: Math.round(sent * 0.943), failed: Math.round(figures.failed * 1.2), wait_half: sent ? 20 * 60 : null, from: before, to: dayOf(midnight(from) - DAY + 2 * HOUR), until: iso(queue.now - length * DAY), whole: to < today },
    bars,
    operators: people.map((operator) => {
      const n = OPERATORS.indexOf(operator);
      const load = loads.find((one) => one.user_id === operator.user_id);
      const part = filter.operator ? 1 : SHARES[n]!;
      return { user_id: operator.user_id, name: operator.name, active: true, cap: load?.cap ?? 120, used: load?.used ?? 0, reserved: load?.planned ?? 0, sent: Math.round(sent * part), failed: Math.round(figures.failed * part), spark: bars.map((bar) => Math.round(bar.sent * part)) };
    }),
    waiting: quiet ? [] : people.slice(0, 2).map((operator, n) => ({ user_id: operator.user_id, name: operator.name, count: [120, 41][n]!, since: iso(queue.now - [5, 1][n]! * HOUR), half: [11_400, 2_040][n]!, reason: ["day_cap", "outside_hours"][n]!, detail: null, next_at: null })),
    failures, hidden: scenario === "live" ? 12 : 0,
  };
}

function bar(at: number, [sent = 0, failed = 0, unknown = 0, held = 0, planned = 0, half, most]: number[], share: number, hourly: boolean): Bar {
  const part = (n: number) => Math.round(n * share);
  const zone = new Zone(ZONE);
  return { at: iso(at), local: hourly ? `${zone.day(at)} ${zone.clock(at)}` : zone.day(at), sent: part(sent), failed: part(failed), unknown: part(unknown), held: part(held), planned: part(planned), wait_half: half === undefined ? null : half * 60, wait_most: most === undefined ? null : most * 60 };
}

const hour = (at: number, n: number, share: number): Bar => bar(at, HOURS[n] ?? [], share, true);

/** Nothing on Friday and Saturday; the rest wave a little. */
function day(at: number, today: string, quiet: boolean, share: number): Bar {
  const name = dayOf(at);
  const weekday = new Date(`${name}T00:00:00Z`).getUTCDay();
  if (quiet || weekday > 4) return bar(at, [], share, false);
  if (name > today) return bar(at, [0, 0, 0, 0, 180], share, false);
  const wave = 1 + ((Date.parse(name) / DAY) % 5) / 10;
  return bar(at, name === today ? [412, 27, 4, 297, 152, 22, 74] : [390 * wave, 24 * wave, 0, 0, 0, 14 * wave, 50 * wave].map(Math.round), share, false);
}
