export type { LeftOut } from "../../ipc/bindings/LeftOut";
export type { Plan } from "../../ipc/bindings/Plan";
export type { PlanItem } from "../../ipc/bindings/PlanItem";
