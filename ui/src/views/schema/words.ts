// A finding in words: the check says what is true when it passes, `why` what was found.
import { t, word } from "../../i18n/index";
import { list, number } from "../../i18n/plural";
import type { Finding } from "../../ipc/bindings/Finding";
import type { Fix } from "../../ipc/bindings/Fix";
import { severityOf, type Severity } from "../../components/state";

/** Unknown is violet whatever its weight, and never green. */
export function lookOf(finding: Finding) {
  const severity: Severity = finding.status === "pass" ? "ok" : finding.status !== "fail" ? "unknown" : finding.level === "error" ? "danger" : finding.level;
  const badge = finding.status === "fail" ? finding.level : finding.status;
  return { ...severityOf(severity), word: word(t.schema.badge, badge) };
}

/** What was found in one sentence, and the rest of it. */
export function sentence(finding: Finding): { title: string; rest: string } {
  if (finding.status !== "fail") return { title: finding.title, rest: finding.status === "pass" ? finding.why : "" };
  const [, first, rest] = /^(.+?[^.\s]{2}[.!?])\s+(?=\p{Lu})(.*)$/su.exec(finding.why) ?? [null, finding.why, ""];
  return { title: first!.replace(/\.$/, ""), rest: rest! };
}

export const verbs = (finding: Finding): string => list(finding.blocks.map((verb) => word(t.schema.verb, verb)));

/** All statements of a fix as one script; empty where there is nothing to run. */
export function scriptOf(fix: Fix): string {
  const steps = fix.steps.filter((step) => step.sql);
  return steps.map((step) => `-- ${step.what}\n${step.sql!.trim().replace(/;$/, "")};`).join("\n\n");
}

/** "214", "1,000+", "about 4,200". */
export function countOf({ evidence }: Finding): string | null {
  if (evidence.count === null) return null;
  const figure = number(evidence.count);
  return evidence.counted === "at_least" ? `${figure}+` : evidence.counted === "estimate" ? t.schema.about(figure) : figure;
}

/** "3.2 MB" */
export function bytesOf(bytes: number): string {
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1024;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1024;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
