-- The history of this database, a JSON document a row: the ledger with its seals, and the quarantine with its rows. Reads both whole. No locks.
select x.line::text from (
  select 1 as n, l.id, jsonb_build_object('table', 'queue_ledger', 'seq', s.seq, 'hash', encode(s.hash, 'hex'), 'row', to_jsonb(l) - 'who') as line
  from queue_desk.queue_ledger l left join queue_desk.ledger_seal s on s.ledger_id = l.id
  union all select 2, q.id, jsonb_build_object('table', 'quarantine', 'row', to_jsonb(q)) from queue_desk.quarantine q) x
order by x.n, x.id
