import { t } from "../../i18n/index";
import type { LedgerProblem } from "../../ipc/bindings/LedgerProblem";

/** "Seal 48,170, row 51,002: the sealed row was deleted" */
export function problemWords({ seq, ledger_id: id, what }: LedgerProblem): string {
  const [seal, row] = [seq === null ? null : t.ledger.atSeal(seq), id === null ? null : t.ledger.atRow(id)];
  const at = seal && row ? t.ledger.both(seal, row) : (seal ?? row ?? t.frame.ledger);
  return t.ledger.problem[what]?.(at) ?? at;
}
