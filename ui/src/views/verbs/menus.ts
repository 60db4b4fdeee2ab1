// The menus of verbs: in the bar of what was chosen, and in the peek.
import { t } from "../../i18n/index";
import type { MessageRow } from "../../ipc/bindings/MessageRow";
import type { Desk } from "../../state/desk.svelte";
import type { Item } from "../../components/Menu.svelte";
import { able, optOutBlocked, verbBlocked, type MessageVerb } from "./can";
import { begin, openOptOut, openPause, setPriority, type Begun } from "./open";
import { PRIORITIES, priorityWord } from "./priority";

const KEYS: Partial<Record<Begun, string>> = { cancel: "⇧C", retry: "Y", reschedule: "S", settle: "U" };
const ICONS = { cancel: "cancelled", retry: "refresh", reschedule: "plan", assign: "leads", settle: "unknown", adopt: "check" } as const;
const AT_ONCE: Begun[] = ["retry", "adopt"];

/** A key is about what was chosen: it stands beside a word only where that is about the same. */
const keyed = (desk: Desk, rows: MessageRow[], key: string | undefined) => (rows === desk.targets || (rows.length === 1 && desk.targets.length === 1 && rows[0]!.id === desk.targets[0]!.id) ? key : undefined);

export function verbItem(desk: Desk, verb: Begun, rows: MessageRow[]): Item {
  const words = AT_ONCE.includes(verb) ? t.verb[verb] : t.verb.asks(t.verb[verb]);
  return { id: verb, word: words, icon: ICONS[verb], keyName: keyed(desk, rows, KEYS[verb]), blocked: verbBlocked(desk, verb, rows), onpick: () => begin(desk, verb, rows) };
}

export function priorityItems(desk: Desk, rows: MessageRow[]): Item[] {
  const blocked = verbBlocked(desk, "priority", rows);
  return PRIORITIES.map(({ name, value }, index) => ({ id: name, word: priorityWord(value), keyName: keyed(desk, rows, String(index + 1)), blocked, onpick: () => setPriority(desk, index + 1, rows) }));
}

export const pauseItem = (desk: Desk): Item => ({ id: "pause", word: t.verb.asks(t.pause.title), icon: "held", blocked: desk.session.blocked, onpick: () => openPause(desk) });

/** What is rarely done to many at once. */
export function barItems(desk: Desk): Item[] {
  return [verbItem(desk, "settle", desk.targets), verbItem(desk, "adopt", desk.targets)];
}

/** What one message has no button for in the peek. */
export function peekItems(desk: Desk, row: MessageRow): Item[] {
  const rows = [row];
  const settle = row.lane === "unknown" ? [verbItem(desk, "settle", rows)] : [];
  return [
    verbItem(desk, "retry", rows),
    verbItem(desk, "assign", rows),
    ...settle,
    ...priorityItems(desk, rows).map((item, index) => ({ ...item, word: t.priority.item(item.word), icon: "priority" as const, apart: index === 0 })),
    { ...pauseItem(desk), apart: true },
    { id: "optout", word: t.verb.asks(t.optOut.verb), icon: "no-message", keyName: "⇧O", blocked: optOutBlocked(desk), onpick: () => openOptOut(desk) },
    { ...verbItem(desk, "cancel", rows), apart: true },
  ];
}

/** "Retry 9 of 50", or "Retry 9" where there is less room: of the chosen, those for which it would do something. */
export function counted(desk: Desk, verb: MessageVerb, wide: boolean): string {
  const [n, all] = [able(verb, desk.targets).length, desk.targets.length];
  return n === all || !n ? t.verb[verb] : wide ? t.verb.some(t.verb[verb], n, all) : t.verb.many(t.verb[verb], n);
}
