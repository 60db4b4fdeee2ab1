// A finding in words: the check says what is true when it passes, `why` what was found.
import { t, word } from "../../i18n/index";
import { list } from "../../i18n/plural";
import type { Finding } from "../../ipc/bindings/Finding";
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

/** A fix that can be copied as SQL, one that is a step of ours, or words. */
export function fixOf(fix: string): { kind: "sql" | "step" | "words"; text: string } {
  if (fix.startsWith("step ")) return { kind: "step", text: fix.slice(5) };
  return { kind: /^(alter|create|grant|revoke|drop|insert|update|delete|select)\s/.test(fix) ? "sql" : "words", text: fix };
}
