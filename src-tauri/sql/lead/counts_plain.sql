-- How many leads a filter shows in a CRM that is not migrated, and which status words there are without its own. $1 words of a name or digits of
-- a phone, $2 a status word, $3 whose (nothing is mine or taken), $4 the most that is counted. Locks: none. Index: none, it reads the
-- leads until ten times that many.
with looked as materialized (
  select l.status::text as status from public.leads l
  where ($1::text is null or position(lower($1) in lower(concat_ws(' ', l.first_name, l.last_name))) > 0
      or ($1 ~ '^[-+() ./0-9]*$' and position(nullif(regexp_replace(regexp_replace($1, '[^0-9]', '', 'g'), '^0+', ''), '') in regexp_replace(l.phone, '[^0-9]', '', 'g')) > 0))
    and coalesce($3::text, 'free') = 'free'
  limit $4 * 10),
by_status as materialized (select k.status, count(*) as count from looked k where k.status is not null group by k.status)
select jsonb_build_object('at', now(),
  'total', least($4, case when $2::text is null then (select count(*) from looked) else coalesce((select b.count from by_status b where b.status = $2), 0) end),
  'statuses', coalesce((select jsonb_agg(jsonb_build_object('status', b.status, 'count', b.count) order by b.count desc, b.status) from by_status b), '[]'),
  'more', (select count(*) >= $4 * 10 from looked))
