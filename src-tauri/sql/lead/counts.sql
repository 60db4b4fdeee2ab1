-- How many leads a filter shows, and which status words there are without its own. $1 words of a name or digits of a phone, $2 a status
-- word, $3 whose (mine, taken, free, an operator's id), $4 the most that is counted. At most ten times that many leads are looked at. Locks: none. Index: none,
-- it reads the leads until then.
with looked as materialized (
  select l.status::text as status from public.leads l left join queue_desk.lead_gate a on a.lead_id = l.id
  where ($1::text is null or position(lower($1) in lower(concat_ws(' ', l.first_name, l.last_name))) > 0
      or ($1 ~ '^[-+() ./0-9]*$' and position(nullif(regexp_replace(regexp_replace($1, '[^0-9]', '', 'g'), '^0+', ''), '') in regexp_replace(l.phone, '[^0-9]', '', 'g')) > 0))
    and case $3::text when 'mine' then a.owner = queue_desk.current_user_id() when 'taken' then a.owner is not null
      when 'free' then a.owner is null else coalesce(a.owner::text = $3, $3 is null) end
  limit $4 * 10),
by_status as materialized (select k.status, count(*) as count from looked k where k.status is not null group by k.status)
select jsonb_build_object('at', queue_desk.now(),
  'total', least($4, case when $2::text is null then (select count(*) from looked) else coalesce((select b.count from by_status b where b.status = $2), 0) end),
  'statuses', coalesce((select jsonb_agg(jsonb_build_object('status', b.status, 'count', b.count) order by b.count desc, b.status) from by_status b), '[]'),
  'more', (select count(*) >= $4 * 10 from looked))
