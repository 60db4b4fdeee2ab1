-- The receipt that a connection wrote ($1 its session) before it broke: newer than the last one that was heard on it ($2), not older than
-- its process ($3), of this verb ($4). None is an answer only where this is no standby, which may not have it yet, where receipts hold the
-- session (an older database writes none), and while the login is somebody's and may read them. No locks. Indexes: queue_ledger_receipts, queue_ledger_at.
select pg_catalog.pg_is_in_recovery() as standby,
  exists (select from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'queue_desk' and p.proname = 'write_receipt' and p.prosrc like '%queue_desk.session%')
    and queue_desk.is_mapped() as knows, (
  select l.detail - 'session' || jsonb_build_object('ledger_id', l.id::text) from queue_desk.queue_ledger l
  where l.entity = 'receipt' and l.id > $2 and l.at >= $3::text::timestamptz - interval '1 minute' and l.login = session_user::text
    and l.detail ->> 'session' = $1 and l.action = $4
  order by l.id desc limit 1) as receipt
