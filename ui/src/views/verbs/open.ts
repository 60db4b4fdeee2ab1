// What a button, a key or an entry of a menu begins. Each asks first whether it may.
import type { MessageRow } from "../../ipc/bindings/MessageRow";
import { t } from "../../i18n/index";
import type { Desk } from "../../state/desk.svelte";
import { able, optOutBlocked, verbBlocked, type MessageVerb } from "./can";
import { PRIORITIES, priorityWord } from "./priority";

export type Begun = Exclude<MessageVerb, "priority">;
type Person = { user_id: string; name: string };

/** At once, or a dialog about these messages first. `to` is for assigning without asking. */
export function begin(desk: Desk, verb: Begun, rows: MessageRow[] = desk.targets, to?: Person): void {
  if (verbBlocked(desk, verb, rows)) return;
  const these = able(verb, rows);
  const ask = (go: () => unknown) => void desk.guarded(t.verb.many(t.verb[verb], these.length), these.length > 1, go);
  if (verb === "retry") ask(() => desk.verbs.retry(these));
  else if (verb === "adopt") ask(() => desk.verbs.adopt(these));
  else if (verb === "assign" && to) ask(() => desk.verbs.assign(these, to));
  else {
    desk.asked = rows;
    desk.route.dialog = verb;
    if (verb === "assign") void desk.operators.load();
  }
}

/** `level` is 1 for the most urgent to 4. */
export function setPriority(desk: Desk, level: number, rows: MessageRow[] = desk.targets): void {
  const chosen = PRIORITIES[level - 1];
  if (!chosen || verbBlocked(desk, "priority", rows)) return;
  const these = able("priority", rows);
  void desk.guarded(t.verb.many(t.verb.priority, these.length), these.length > 1, () => desk.verbs.priority(these, chosen.value, priorityWord(chosen.value)));
}

export function openOptOut(desk: Desk): void {
  if (!optOutBlocked(desk)) desk.route.dialog = "optout";
}

/** Where only an admin's desk has a button for it. */
export function openErase(desk: Desk): void {
  const lead = desk.subject?.leadId;
  if (!lead || desk.session.blocked || !desk.session.value?.admin) return;
  desk.route.dialog = "erase";
  void desk.erasing.look(lead);
}

export function openPause(desk: Desk): void {
  if (desk.session.blocked) return;
  desk.route.dialog = "pause";
  void desk.operators.load();
}

export function openOperators(desk: Desk): void {
  desk.route.dialog = "operators";
  void desk.operators.load();
}

/** Where this login may choose for whom it acts. */
export function openActFor(desk: Desk): void {
  if (!desk.session.mayActFor && !desk.session.actingFor) return;
  desk.route.dialog = "actfor";
  void desk.operators.load();
}

/** Who of the others has the most room today, where the counts know that. */
export function roomiest(desk: Desk, row: MessageRow): (Person & { free: number }) | null {
  const others = (desk.counts.value?.operators ?? []).filter((load) => load.name !== row.operator).map((load) => ({ ...load, free: load.cap - load.used - load.planned }));
  return others.filter(({ free }) => free > 0).sort((a, b) => b.free - a.free)[0] ?? null;
}
