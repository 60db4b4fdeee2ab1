// The one or two verbs that would change why a message is where it is: the buttons of the peek's card.
import { t } from "../../i18n/index";
import type { MessageRow } from "../../ipc/bindings/MessageRow";
import type { Desk } from "../../state/desk.svelte";
import type { Item } from "../../components/Menu.svelte";
import { able } from "./can";
import { verbItem } from "./menus";
import { begin, roomiest } from "./open";

const FULL = ["day_cap", "hour_cap", "operator_inactive", "no_user"];
const LATER = ["too_old", "outside_hours", "quiet_hours", "contacted_recently", "expired"];

export function whyActs(desk: Desk, row: MessageRow): Item[] {
  const rows = [row];
  if (row.lane === "unknown") return [verbItem(desk, "settle", rows)];
  if (able("retry", rows).length) return [verbItem(desk, "retry", rows)];
  if (row.lane !== "queued" && row.lane !== "held") return [];
  const reason = row.reason ?? "";
  const reschedule = { ...verbItem(desk, "reschedule", rows), keyName: undefined };
  if (reason === "not_adopted") return [verbItem(desk, "adopt", rows)];
  if (reason === "paused") return [paused(desk)];
  if (reason === "unknown_open") return [{ id: "unknown", word: t.verb.showUnknown, onpick: () => showUnknown(desk, row) }];
  if (FULL.includes(reason)) return [move(desk, row), { ...reschedule, icon: undefined }];
  return LATER.includes(reason) ? [reschedule] : [];
}

function paused(desk: Desk): Item {
  if (!desk.paused) return { id: "pauses", word: t.pauses.see, onpick: () => desk.route.go("automation") };
  return { id: "resume", word: t.act.resume, icon: "play", blocked: desk.session.blocked, onpick: () => void desk.resume() };
}

/** "Move to Amir, 8 free": to who has the most room, where the counts know it; else the choice of operators. */
function move(desk: Desk, row: MessageRow): Item {
  const to = roomiest(desk, row);
  if (!to) return { ...verbItem(desk, "assign", [row]), icon: undefined };
  return { id: "move", word: t.verb.moveTo(to.name.split(" ")[0]!, to.free), blocked: desk.session.blocked, onpick: () => void (desk.acting || begin(desk, "assign", [row], to)) };
}

/** The earlier message whose outcome is not known: it has this phone. */
function showUnknown(desk: Desk, row: MessageRow) {
  void desk.messages.narrow({ lane: "unknown", reason: null, operator: null, search: row.phone ?? row.lead_name });
}
