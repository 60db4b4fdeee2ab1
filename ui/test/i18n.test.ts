import { expect, test } from "vitest";
import { en } from "../src/i18n/en";
import { plural } from "../src/i18n/plural";
import { plainDay, span, Zone } from "../src/i18n/time";
import { phone, veiledName, veiledPhone } from "../src/i18n/phone";
import type { MessageRow } from "../src/ipc/bindings/MessageRow";
import { reasonWith, stateAndWhy, whyOf } from "../src/i18n/why";
import { sources } from "./files";

const code = sources(".svelte", ".ts")
  .filter(({ path }) => !path.endsWith("i18n/en.ts"))
  .map(({ text }) => text)
  .join("\n");

/** A map whose key is the server's word is read by computed access; its single entries need no mention. */
const isMap = (path: string) => new RegExp(`\\bt\\.${path}\\[|\\bword\\(t\\.${path},|= t\\.${path};`.replaceAll(".", "\\.").replaceAll("\\\\.", "\\.")).test(code);

function unused(node: object, path: string): string[] {
  return Object.entries(node).flatMap(([key, value]) => {
    const here = path ? `${path}.${key}` : key;
    if (typeof value === "object") return isMap(here) ? [] : unused(value, here);
    return new RegExp(`\\bt\\.${here.replaceAll(".", "\\.")}\\b`).test(code) ? [] : [here];
  });
}

test("every text of the catalogue is used somewhere", () => {
  expect(unused(en, "")).toEqual([]);
});

test("every reason and code that the server may say has words", () => {
  const reasons =
    "already_queued taken taken_by same_phone same_person_taken opted_out unknown_open contacted_recently no_phone phone_not_valid over_target over_capacity no_slot no_access status_not_eligible plan_changed already_mine not_owner not_due not_adopted too_old outside_hours quiet_hours paused hour_cap day_cap expired no_lead no_user operator_inactive outcome_unknown undone on_the_wire already_cancelled already_sent failed_already not_found not_queued receiver_no_access already_theirs not_unknown already_opted_out already_adopted already_paused not_paused paused_by_another resolved_not_sent".split(" ");
  expect(reasons.filter((reason) => !en.reason[reason])).toEqual([]);
  expect(reasonWith("a_new_word", null)).toBe("A new word");
  expect(reasonWith("quiet_hours", "zone_unknown")).toBe("Quiet hours at the lead, zone not known");
  expect(reasonWith("hour_cap", "30/30")).toBe("Hourly cap reached, 30/30");
  expect(reasonWith("taken", "Dana Levi")).toBe("Taken by Dana Levi");
});

test("every code of an error has a title in plain words", () => {
  const union = sources(".ts").find(({ path }) => path.endsWith("bindings/Code.ts"))!.text;
  const codes = [...union.matchAll(/"(\w+)"/g)].map(([, code]) => code!);
  expect(codes.length).toBeGreaterThan(30);
  expect(codes.filter((code) => !en.error.code[code])).toEqual([]);
});

test("plurals come from the language, not from an s", () => {
  expect(plural(1, { one: "{n} row", other: "{n} rows" })).toBe("1 row");
  expect(plural(1204, { one: "{n} row", other: "{n} rows" })).toBe("1,204 rows");
});

test("times are in the operator's zone, whatever the desk's own", () => {
  const israel = new Zone("Asia/Jerusalem");
  const now = Date.UTC(2026, 10, 24, 12, 32);
  expect(israel.clock(now)).toBe("14:32");
  expect(israel.when(now + 3_600_000, now)).toBe("15:32");
  expect(israel.when(now + 19 * 3_600_000, now)).toBe("Wed 09:32");
  expect(israel.when(now - 8 * 86_400_000, now)).toBe("16 Nov");
  expect(israel.long(now, now)).toBe("today at 14:32");
  expect(israel.long(now + 19 * 3_600_000, now)).toBe("Wed 25 Nov at 09:32");
  expect(israel.label).toMatch(/Israel|Jerusalem/);
});

test("days, spans and phones read like speech", () => {
  expect(plainDay("2026-11-25")).toBe("Wednesday, 25 November");
  expect(plainDay("2026-11-25", "short")).toBe("Wed 25 Nov");
  expect([span(800), span(42_000), span(300_000), span(7_500_000), span(200_000_000)]).toEqual(["0.8 s", "42 s", "5 min", "2 h 5 min", "2 d"]);
  expect(phone("+972505550142")).toBe("+972 50-555-0142");
  expect(phone("call me")).toBe("call me");
});

test("a state says its reason once", () => {
  const row = { lane: "sent", reason: "foreign", reason_detail: null, next_at: null, simulated: false } as MessageRow;
  expect(whyOf(row, 0)).toBe("By another program, no proof");
  const cancelled = { ...row, lane: "cancelled", reason: null };
  expect([whyOf(cancelled, 0), stateAndWhy("Cancelled", cancelled, 0)]).toEqual(["Cancelled", "Cancelled"]);
  expect(stateAndWhy("Sent", row, 0)).toBe("Sent: By another program, no proof");
});

test("in privacy mode a name is its initials and a phone its last two digits", () => {
  expect([veiledName("Itai Golan"), veiledName("תמר בן־ארי"), veiledPhone("+972505550142")]).toEqual(["I. G.", "ת. ב.", "•••• 42"]);
});
