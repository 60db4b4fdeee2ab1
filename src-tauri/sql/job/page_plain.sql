-- A page of the jobs grid of a CRM that is not migrated: newest first, of the CRM's own tables alone. $1 a state word, $2 operator, $3 and $4
-- the last row of the page before (created_at as text, id), $5 how many. Locks: none. Index: the CRM's own; the table is small.
select j.id, j.lead_id, nullif(btrim(concat_ws(' ', l.first_name, l.last_name)), '') as lead_name, coalesce(j.queue_status, 'queued') as state,
  j.processing_type, j.processing_step, j.progress_percentage as progress, null::text as operator, coalesce(j.priority, 5) as priority,
  coalesce(j.retry_count, 0) as tries, j.error_message as error,
  case when j.scheduled_for >= '0001-01-01 00:00:00+00' and j.scheduled_for < '10000-01-01 00:00:00+00' then j.scheduled_for end as scheduled_for,
  case when j.started_at >= '0001-01-01 00:00:00+00' and j.started_at < '10000-01-01 00:00:00+00' then j.started_at end as started_at,
  case when j.completed_at >= '0001-01-01 00:00:00+00' and j.completed_at < '10000-01-01 00:00:00+00' then j.completed_at end as completed_at,
  case when j.created_at >= '0001-01-01 00:00:00+00' and j.created_at < '10000-01-01 00:00:00+00' then j.created_at end as created_at, j.created_at::text as at
from public.lead_processing_queue j left join public.leads l on l.id = j.lead_id
where ($1::text is null or j.queue_status = $1) and ($2::uuid is null or j.user_id = $2)
  and ($3::text is null or (coalesce(j.created_at, 'epoch'), j.id) < ($3::text::timestamptz, $4::uuid))
order by coalesce(j.created_at, 'epoch') desc, j.id desc limit $5
