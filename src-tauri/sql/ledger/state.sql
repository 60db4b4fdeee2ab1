-- How far the ledger is sealed, and what it missed. Rows that wait are counted up to 10,000. No locks. Indexes: ledger_seal's unique seq,
-- queue_ledger_order.
with last as (select s.seq, l.id, l.xid, l.at from queue_desk.ledger_seal s left join queue_desk.queue_ledger l on l.id = s.ledger_id order by s.seq desc limit 1)
select coalesce((select seq from last), 0) as sealed, (select queue_desk.told_at(last.id, last.at) from last) as sealed_to,
  (select count(*) from (select from queue_desk.queue_ledger l
    where (l.xid, l.id) > (coalesce((select xid from last), '0'), coalesce((select id from last), 0)) limit 10000) w) as unsealed,
  (select count(*) from queue_desk.ledger_gap) as gaps, (select max(g.at) from queue_desk.ledger_gap g) as last_gap_at,
  (select g.place from queue_desk.ledger_gap g order by g.id desc limit 1) as last_gap
