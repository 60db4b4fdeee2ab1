import type { LeadRow } from "../ipc/bindings/LeadRow";
import type { MessageRow } from "../ipc/bindings/MessageRow";

/** A lead as take and hand back need it, whatever list it was chosen in. */
export type Subject = {
  /** Null: a message without a lead. */
  leadId: string | null;
  name: string | null;
  owner: string | null;
  ownerId: string | null;
  mine: boolean;
  /** Since when its owner has it, where that is known. */
  since: string | null;
  phone: string | null;
  /** Null: the list does not know. */
  optedOut: boolean | null;
};

export function subjectOfLead(row: LeadRow): Subject {
  return { leadId: row.id, name: row.name, owner: row.owner, ownerId: row.owner_id, mine: row.owner_is_me, since: row.since, phone: row.phone, optedOut: row.opted_out };
}

export function subjectOfMessage(row: MessageRow): Subject {
  return { leadId: row.lead_id, name: row.lead_name, owner: row.owner, ownerId: row.owner_id, mine: row.owner_is_me, since: row.owner_since, phone: row.phone, optedOut: row.reason === "opted_out" ? true : null };
}
