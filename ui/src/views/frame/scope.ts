import { t } from "../../i18n/index";
import { plainDay, span, Zone } from "../../i18n/time";
import type { Desk } from "../../state/desk.svelte";
import { MOST } from "../../state/leads.svelte";

/** "640 leads · counted 12 s ago"; nothing while it is not known. */
export function leadScope(desk: Desk): string {
  const { counts, countedAt, filtered } = desk.leads;
  if (!counts || countedAt === null) return "";
  // The clock ticks, so the age does.
  const age = (void desk.clock.now, Date.now() - countedAt);
  const total = (filtered ? t.leads.matching : t.leads.count)(counts.total, MOST);
  return `${total} · ${age < 2000 ? t.leads.countedNow : t.leads.counted(span(Math.round(age / 1000) * 1000))}`;
}

/** "31 checks · 26 passed · 3 need you · 2 not known · at 14:31"; what is zero is not said, except that something passed. */
export function schemaScope(desk: Desk): string {
  const { value, needs, checks } = desk.schema;
  if (!value) return "";
  const { passed, unknown } = value.summary;
  const when = `${t.schema.at(desk.session.zone.when(value.at, desk.clock.now))}, ${t.schema.took((value.took_ms / 1000).toFixed(1))}`;
  return [t.schema.scope(checks, passed), needs > 0 && t.schema.scopeNeeds(needs), unknown > 0 && t.schema.scopeUnknown(unknown), when].filter(Boolean).join(" · ");
}

/** "Tuesday 24 November · in Israel time · read 1 s ago"; on a sample that it is a dry run. */
export function metricsScope(desk: Desk): string {
  const { value, readAt } = desk.metrics;
  if (!value || readAt === null) return "";
  // The clock ticks, so the age does.
  const age = (void desk.clock.now, Date.now() - readAt);
  const days = value.from === value.to ? plainDay(value.from, "short") : t.metrics.through(plainDay(value.from, "short"), plainDay(value.to, "short"));
  return [days, new Zone(value.zone).label, value.sample && t.metrics.dryRun, age < 2000 ? t.metrics.readNow : t.metrics.read(span(Math.round(age / 1000) * 1000))].filter(Boolean).join(" · ");
}
