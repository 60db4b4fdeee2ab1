export type { MessageRow as Row } from "../../ipc/bindings/MessageRow";
