import type { LedgerEntry } from "../../ipc/bindings/LedgerEntry";
import type { Receipt } from "../../ipc/bindings/Receipt";
import type { Desk } from "../../state/desk.svelte";

/** Enter on a row: the receipt of its act, else its lead. */
export function open(desk: Desk, row: LedgerEntry) {
  if (row.has_receipt) openReceipt(desk, row);
  else if (row.lead_id && row.lead_name) desk.route.openLead(row.lead_id);
  else desk.ledger.peek = true;
}

export function openReceipt(desk: Desk, row: LedgerEntry) {
  if (row.receipt) void desk.openReceipt(row.receipt as unknown as Receipt, row.lead_name);
  else if (row.receipt_id) void desk.openReceipt(row.receipt_id, row.lead_name);
}
