import { t } from "../../i18n/index";
import type { Desk } from "../../state/desk.svelte";

/** "31 checks · 26 passed · 3 need you · 2 not known · at 14:31"; what is zero is not said, except that something passed. */
export function schemaScope(desk: Desk): string {
  const { value, needs, checks } = desk.schema;
  if (!value) return "";
  const { passed, unknown } = value.summary;
  const when = `${t.schema.at(desk.session.zone.when(value.at, desk.clock.now))}, ${t.schema.took((value.took_ms / 1000).toFixed(1))}`;
  return [t.schema.scope(checks, passed), needs > 0 && t.schema.scopeNeeds(needs), unknown > 0 && t.schema.scopeUnknown(unknown), when].filter(Boolean).join(" · ");
}
