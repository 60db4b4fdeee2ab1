import { t } from "../../i18n/index";
import type { OperatorRow } from "../../ipc/bindings/OperatorRow";

/** "12 waiting · 104 of 180 used" */
export function dayOf({ waiting, used_today, capacity_today }: OperatorRow): string {
  return [t.operators.waiting(waiting), capacity_today === null ? t.operators.used(used_today) : t.operators.usedOf(used_today, capacity_today)].join(" · ");
}

export const meterOf = (operator: OperatorRow): string => t.frame.meter(operator.name, operator.used_today, operator.capacity_today ?? 0, operator.waiting);
