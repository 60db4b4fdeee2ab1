-- What the ledger says since the last look, and the place to go on from. $1 is that place: the snapshot of the look before, as text;
-- null takes one only. A row is new when its transaction was not visible then and is now: ids and transaction numbers come out of
-- order, and a commit that was late is neither skipped nor waited for. A standby's snapshots do not name what is open: there its oldest
-- open transaction is the place, and rows may be told twice. Locks: none. Index: queue_ledger_order.
select case when pg_is_in_recovery() then format('%1$s:%1$s:', pg_snapshot_xmin(s.seen)) else s.seen::text end as place,
  array(select distinct l.entity from queue_desk.queue_ledger l
    where l.xid >= pg_snapshot_xmin($1::text::pg_snapshot) and not pg_visible_in_snapshot(l.xid, $1::text::pg_snapshot)) as entities
from (select pg_current_snapshot() as seen) s
