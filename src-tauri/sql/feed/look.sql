-- What the ledger says since the last look, and the place to go on from. $1 is that place: the snapshot of the look before, as text;
-- null takes one only. A row is new when its transaction was not visible then and is now: ids and transaction numbers come out of
-- order, and a commit that was late is neither skipped nor waited for. A standby's snapshots do not name what is open: there its oldest
-- open transaction is the place, and rows may be told twice. `ledger` says which one this is, `rows` which of its rows were seen, the last
-- hundred: what a desk saw it looks for again after the connection broke (ledger/lost). Locks: none. Indexes: queue_ledger_order, primary key.
with fresh as materialized (
  select l.id, l.at, l.entity from queue_desk.queue_ledger l
  where l.xid >= pg_snapshot_xmin($1::text::pg_snapshot) and not pg_visible_in_snapshot(l.xid, $1::text::pg_snapshot)),
newest as (
  (select f.id, f.at from fresh f order by f.id desc limit 100)
  union all (select l.id, l.at from queue_desk.queue_ledger l where $1 is null order by l.id desc limit 100))
select case when pg_is_in_recovery() then format('%1$s:%1$s:', pg_snapshot_xmin(s.seen)) else s.seen::text end as place,
  array(select distinct f.entity from fresh f) as entities, format('%s.%s', d.oid, 'queue_desk.queue_ledger'::regclass::oid) as ledger,
  (select coalesce(jsonb_agg(n), '[]') from newest n) as rows
from (select pg_current_snapshot() as seen) s, pg_catalog.pg_database d where d.datname = current_database()
