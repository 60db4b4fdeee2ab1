-- What the runner did here before, and whether a function was applied after the grants (queue_desk/functions/grants). No locks.
select s.id, s.checksum, s.state,
  exists (select from queue_desk.migration_step f, queue_desk.migration_step g
    where g.id = 'queue_desk/functions/grants' and f.kind = 'function' and f.id <> g.id and f.finished_at > g.finished_at) as grants_are_stale
from queue_desk.migration_step s
