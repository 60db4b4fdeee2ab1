-- L3: whether the newest $1 seals of the ledger's chain are what was sealed, and whether the seal that this desk saw last ($2 its place, $3
-- its hash) is still there. No locks. Indexes: ledger_seal's unique seq, the ledger's primary key.
with newest as (select s.* from queue_desk.ledger_seal s order by s.seq desc limit $1),
total as (select count(*) as sealed, coalesce(max(seq), 0) as head from queue_desk.ledger_seal),
judged as (
  select s.seq, case when s.hash_version <> 1 then 'was sealed by a newer program' when l.id is null then 'is gone'
    when p.seq is null and s.seq > 1 and s.seq > (select min(n.seq) from newest n) then 'has no seal before it'
    when (p.seq is not null or s.seq = 1) and queue_desk.ledger_hash(coalesce(p.hash, ''), s.seq, l) <> s.hash then 'was changed' end as wrong
  from newest s left join queue_desk.ledger_seal p on p.seq = s.seq - 1 left join queue_desk.queue_ledger l on l.id = s.ledger_id),
seen as (
  select case when $2::bigint is null then null when s.hash is null then 'is gone' when encode(s.hash, 'hex') <> $3::text then 'is another one' end as wrong
  from (select 1) x left join queue_desk.ledger_seal s on s.seq = $2::bigint)
select 'L3' as id, 'error' as level, case when count(j.wrong) > 0 then 'fail' else 'pass' end as status, 'queue_desk.queue_ledger' as object, 'The chain of the ledger is whole' as title,
  case when count(j.wrong) > 0 then format('%s rows of the ledger are not what was sealed, the first at seal %s: somebody changed the record of who did what.', count(j.wrong), min(j.seq) filter (where j.wrong is not null))
    when max(t.sealed) = 0 then 'No row is sealed yet, so there is no chain that could be broken; a desk that works here seals every few seconds.'
    else format('%s of %s seals were computed again, and each is what was sealed.', count(j.seq), max(t.sealed)) end as why,
  count(j.wrong) as count, coalesce((array_agg(format('seal %s %s', j.seq, j.wrong) order by j.seq) filter (where j.wrong is not null))[1:5], '{}') as sample,
  'select queue_desk.verify_ledger()' as sql, format('the newest %s of %s seals', count(j.seq), max(t.sealed)) as scope,
  case when max(t.sealed) = 0 then 'the rows of the ledger: none is sealed' when count(j.seq) < max(t.sealed) then 'older seals: `queue-desk ledger verify` reads them all' end as not_checked,
  'Do not repair it: keep a copy of the database, and find out who may write as its owner.' as fix
from total t left join judged j on true
union all
select 'L3', 'error', case when s.wrong is not null then 'fail' else 'pass' end, 'queue_desk.ledger_seal', 'The end that this desk saw last is there',
  case when s.wrong is not null then format('Seal %s, the last that this desk saw, %s: the end of the ledger was cut off or written anew.', $2::bigint, s.wrong)
    when $2::bigint is null then 'This desk looks at this ledger for the first time; from now on it remembers the end.' else format('Seal %s is as this desk saw it.', $2::bigint) end,
  null, '{}', 'select seq, encode(hash, ''hex'') from queue_desk.ledger_seal order by seq desc limit 1', 'one seal', case when $2::bigint is null then 'what other desks remember' end,
  'Compare with another desk: `queue-desk ledger verify`.'
from seen s
