-- What one run ($1) put into quarantine, by table and kind. No locks.
select q.src_schema || '.' || q.src_table as name, count(*) filter (where q.action = 'moved') as moved, count(*) filter (where q.action = 'fk_nulled') as nulled,
  count(*) filter (where q.action = 'value_mapped') as mapped
from queue_desk.quarantine q where q.run_id = $1 group by 1 order by 1
