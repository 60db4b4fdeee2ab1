-- A page of the jobs grid, newest first. $1 a state word, $2 operator, $3 and $4 the last row of the page before (created_at as
-- text, id), $5 how many. Locks: none. Index: the table is small in every CRM seen; its indexes are the CRM's own.
select j.id, j.lead_id, nullif(btrim(concat_ws(' ', l.first_name, l.last_name)), '') as lead_name, coalesce(j.queue_status, 'queued') as state,
  j.processing_type, j.processing_step, j.progress_percentage as progress, o.name as operator, coalesce(j.priority, 5) as priority,
  coalesce(j.retry_count, 0) as tries, j.error_message as error, queue_desk.sane(j.scheduled_for) as scheduled_for, queue_desk.sane(j.started_at) as started_at,
  queue_desk.sane(j.completed_at) as completed_at, queue_desk.sane(j.created_at) as created_at, j.created_at::text as at
from public.lead_processing_queue j
left join public.leads l on l.id = j.lead_id
left join queue_desk.operator o on o.user_id = j.user_id
where ($1::text is null or j.queue_status = $1) and ($2::uuid is null or j.user_id = $2)
  and ($3::text is null or (coalesce(j.created_at, 'epoch'), j.id) < ($3::text::timestamptz, $4::uuid))
order by coalesce(j.created_at, 'epoch') desc, j.id desc limit $5
