-- C1: the candidates for leads.status that this database's settings name in place of the built-in ones. No locks.
select case s.stage when 'queued' then 'prepare' when 'contacted' then 'run' else 'take' end as action,
  array(select jsonb_array_elements_text(i.settings #> array['stages', s.stage])) as words
from queue_desk.instance i cross join (values ('queued'), ('contacted'), ('human')) s (stage)
where jsonb_typeof(i.settings #> array['stages', s.stage]) = 'array'
