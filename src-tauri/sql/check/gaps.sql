-- L2: changes that our triggers could not write into the ledger. No locks.
select 'L2' as id, 'warn' as level, case when count(*) > 0 then 'fail' else 'pass' end as status, 'queue_desk.ledger_gap' as object, 'The ledger has no gap' as title,
  case when count(*) > 0 then format('%s changes could not be written into the ledger, the last at %s; the change itself was made.', count(*), to_char(max(g.at) at time zone 'utc', 'YYYY-MM-DD HH24:MI "UTC"'))
    else 'Every change that our triggers saw was written.' end as why, count(*) as count,
  coalesce((array_agg(format('%s: %s', g.place, left(g.error, 120)) order by g.id desc))[1:5], '{}') as sample, 'select * from queue_desk.ledger_gap order by id desc' as sql,
  'all gaps' as scope, 'Read the errors, mend their cause.' as fix
from queue_desk.ledger_gap g
