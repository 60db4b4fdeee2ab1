import { t, word } from "../../i18n/index";
import { humanise } from "../../i18n/plural";
import type { Desk } from "../../state/desk.svelte";

/** The filter as words in quotation marks. */
export function filterWords(desk: Desk): string {
  const { whose, status, search } = desk.leads.filter;
  return `“${[whose && word(t.leads.whose, whose), status && humanise(status), search].filter(Boolean).join(", ")}”`;
}
