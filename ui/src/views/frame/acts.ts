// Why an act cannot be done now, in the words of its tooltip; null when it can. The button and the key ask the same question.
import { t } from "../../i18n/index";
import type { Desk } from "../../state/desk.svelte";

export function takeBlocked(desk: Desk): string | null {
  const blocked = withoutLead(desk);
  return blocked ?? (desk.subject!.mine ? (desk.session.actingFor ? t.blocked.theirs(desk.session.actingFor.name) : t.blocked.mine) : null);
}

export function handBackBlocked(desk: Desk): string | null {
  const blocked = withoutLead(desk);
  return blocked ?? (desk.subject!.mine ? null : t.blocked.notMine);
}

function withoutLead(desk: Desk): string | null {
  if (desk.session.blocked) return desk.session.blocked;
  if (!desk.subject) return t.blocked.noLead;
  return desk.subject.leadId ? null : t.blocked.rowWithoutLead;
}

export function automationBlocked(desk: Desk): string | null {
  if (desk.session.blocked) return desk.session.blocked;
  if (desk.paused && !desk.run.active) return t.blocked.paused;
  return desk.run.stopping ? t.blocked.stopping : null;
}

/** The sample clock may jump: a sample database, something waits, and its time is more than a minute away. */
export function jumpTo(desk: Desk): string | null {
  const next = desk.counts.value?.next_at;
  if (!desk.session.value?.sample || desk.session.blocked || desk.paused || desk.due || !next) return null;
  return Date.parse(next) - desk.clock.now > 60_000 ? next : null;
}

export function take(desk: Desk) {
  const lead = desk.subject;
  if (!lead?.leadId || takeBlocked(desk)) return;
  // A colleague's lead is asked about first.
  if (lead.ownerId) desk.route.dialog = "takeover";
  else void desk.take(lead.leadId, lead.name);
}

export function openPrepare(desk: Desk) {
  if (desk.session.blocked) return;
  desk.route.dialog = "prepare";
  void desk.plan.preview(null);
}

export function handBack(desk: Desk) {
  if (!handBackBlocked(desk)) desk.route.dialog = "handback";
}
