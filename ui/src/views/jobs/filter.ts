import { t, word } from "../../i18n/index";
import { humanise } from "../../i18n/plural";
import type { JobRow } from "../../ipc/bindings/JobRow";
import type { Desk } from "../../state/desk.svelte";
import { operatorName } from "../queue/filter";

/** The filter as words in quotation marks. */
export function filterWords(desk: Desk): string {
  const { state, operator } = desk.jobs.filter;
  return `“${[state && word(t.jobState, state), operator && operatorName(desk, operator)].filter(Boolean).join(", ")}”`;
}

/** "Auto, enrich" */
export function kindOf(row: JobRow): string {
  const [kind, step] = [row.processing_type && word(t.jobKind, row.processing_type), row.processing_step && humanise(row.processing_step)];
  return kind && step ? t.jobs.kindAndStep(kind, step.toLowerCase()) : (kind ?? step ?? "–");
}
