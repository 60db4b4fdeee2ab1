// One place for every single key. Bound to `event.code`, so they work with the Hebrew layout on; never on repeat (except
// moving), in a text field, while composing, or over a dialog. Shift means "I mean it".
import type { Desk } from "../../state/desk.svelte";
import type { LookState } from "../../state/look.svelte";
import { automationBlocked, handBack, openPrepare, take } from "../frame/acts";
import { begin, openActFor, openOptOut, setPriority } from "../verbs/open";

const SECOND_KEY = 1200;
/** What a button or a link does something with itself. */
const PRESSES = ["Space", "Enter", "NumpadEnter"];

export function keys(desk: Desk, look: LookState, lock: () => void = () => {}): (event: KeyboardEvent) => void {
  let goUntil = 0;

  const plain: Record<string, () => void> = {
    KeyN: () => openPrepare(desk),
    KeyT: () => take(desk),
    KeyR: () => handBack(desk),
    KeyH: () => look.togglePrivate(),
    KeyS: () => begin(desk, "reschedule"),
    KeyY: () => begin(desk, "retry"),
    KeyU: () => begin(desk, "settle"),
    Digit1: () => setPriority(desk, 1),
    Digit2: () => setPriority(desk, 2),
    Digit3: () => setPriority(desk, 3),
    Digit4: () => setPriority(desk, 4),
    KeyE: () => void (desk.route.dialog = "export"),
    KeyP: () => void (automationBlocked(desk) ?? desk.toggleAutomation()),
    KeyZ: () => {
      const note = desk.receipts.undoable;
      if (note?.receipt) void desk.undo(note.id, note.receipt.receipt_id, note.subject);
    },
    Slash: () => {
      // Only messages and leads are searched.
      if (desk.route.place !== "leads") desk.route.go("queue");
      requestAnimationFrame(() => document.getElementById("find")?.focus());
    },
    KeyF: () => plain.Slash!(),
    KeyG: () => void (goUntil = Date.now() + SECOND_KEY),
  };
  const places: Record<string, () => void> = {
    KeyQ: () => desk.route.go("queue"),
    KeyJ: () => desk.route.go("jobs"),
    KeyL: () => desk.route.go("leads"),
    KeyA: () => desk.route.go("automation"),
    KeyM: () => desk.route.go("metrics"),
    KeyE: () => desk.route.go("ledger"),
    KeyS: () => desk.route.go("schema"),
  };
  const shifted: Record<string, () => void> = {
    KeyP: () => void (desk.session.blocked ?? desk.stopEverything()),
    KeyC: () => begin(desk, "cancel"),
    KeyO: () => openOptOut(desk),
    KeyA: () => openActFor(desk),
    KeyL: lock,
    Slash: () => void (desk.route.dialog = "keys"),
  };

  return (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    const target = event.target as Element | null;
    // A choice between two words is no text field: it needs the arrows and Space only.
    const choice = target?.matches("main input[type=radio]") ?? false;
    if (!choice && target?.closest("input, textarea, select, [contenteditable]")) return;
    if (choice && (event.code === "Space" || event.code.startsWith("Arrow"))) return;
    const press = pick(event);
    // Somebody looks over the shoulder, or comes: these work over a dialog too.
    if (desk.route.dialog || !desk.session.ready) return void (press && !event.repeat && (press === plain.KeyH || press === lock) && press());
    if (press && !event.repeat) {
      event.preventDefault();
      press();
    } else if (!press && (!event.shiftKey || event.code.startsWith("Arrow")) && !(PRESSES.includes(event.code) && target?.closest("button, a")) && desk.route.gridKeys?.(event)) event.preventDefault();
  };

  function pick(event: KeyboardEvent): (() => void) | undefined {
    if (event.ctrlKey || event.metaKey) return undefined;
    if (event.shiftKey) return shifted[event.code];
    if (Date.now() < goUntil) {
      goUntil = 0;
      if (places[event.code]) return places[event.code];
    }
    return plain[event.code];
  }
}
