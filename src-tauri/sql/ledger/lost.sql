-- What this desk saw and this database does not hold: $1 {rows: [{id, at, receipt}] of the ledger, sent: [proofs of dispatches]}. An id alone says
-- nothing: after a failover it is given again. A standby may lag behind: then nothing is known. `ledger` says which one this is. Locks:
-- none. Indexes: primary keys.
select pg_catalog.pg_is_in_recovery() as standby, format('%s.%s', d.oid, 'queue_desk.queue_ledger'::regclass::oid) as ledger,
  array(select r.id from jsonb_to_recordset($1::jsonb -> 'rows') r (id bigint, at timestamptz, receipt uuid)
    where not exists (select from queue_desk.queue_ledger l
      where l.id = r.id and l.at = coalesce(r.at, l.at) and (r.receipt is null or l.receipt_id = r.receipt))) as rows,
  (select coalesce(jsonb_agg(s), '[]') from jsonb_array_elements($1::jsonb -> 'sent') s
    where queue_desk.is_mapped() and not exists (select from queue_desk.delivery x
      where x.message_id = (s ->> 'message_id')::uuid and x.dispatched_at = (s ->> 'dispatched_at')::timestamptz)) as sent
from pg_catalog.pg_database d where d.datname = current_database()
