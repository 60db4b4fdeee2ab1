-- The pauses in force, everybody's first, with names as far as the caller may read them. Locks: none. Index: primary keys.
select p.scope, p.subject,
  case p.scope when 'template' then p.subject
    when 'operator' then (select o.name from queue_desk.operator o where o.user_id::text = p.subject)
    when 'client' then (select c.name::text from public.clients c where c.id::text = p.subject)
    when 'lead' then (select nullif(btrim(concat_ws(' ', l.first_name, l.last_name)), '') from public.leads l where l.id = p.subject::uuid) end as subject_name,
  queue_desk.sane(p.until) as until, p.by, b.name as by_name, p.reason, p.at
from queue_desk.pause p left join queue_desk.operator b on b.user_id = p.by
where p.until is null or p.until > queue_desk.now()
order by p.scope <> 'all', p.at desc, p.id
