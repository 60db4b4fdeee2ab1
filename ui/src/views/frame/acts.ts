// Why an act cannot be done now, in the words of its tooltip; null when it can. The button and the key ask the same question.
import { t } from "../../i18n/index";
import type { Desk } from "../../state/desk.svelte";

export function takeBlocked(desk: Desk): string | null {
  const row = desk.messages.focused;
  if (desk.session.blocked) return desk.session.blocked;
  if (!row) return t.blocked.noLead;
  if (!row.lead_id) return t.blocked.rowWithoutLead;
  return row.owner_is_me ? t.blocked.mine : null;
}

export function handBackBlocked(desk: Desk): string | null {
  const row = desk.messages.focused;
  if (desk.session.blocked) return desk.session.blocked;
  if (!row) return t.blocked.noLead;
  if (!row.lead_id) return t.blocked.rowWithoutLead;
  return row.owner_is_me ? null : t.blocked.notMine;
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
  const row = desk.messages.focused;
  if (!row?.lead_id || takeBlocked(desk)) return;
  // A colleague's lead is asked about first.
  if (row.owner_id) desk.route.dialog = "takeover";
  else void desk.take(row.lead_id, row.lead_name);
}

export function openPrepare(desk: Desk) {
  if (desk.session.blocked) return;
  desk.route.dialog = "prepare";
  void desk.plan.preview(null);
}

export function handBack(desk: Desk) {
  if (!handBackBlocked(desk)) desk.route.dialog = "handback";
}
