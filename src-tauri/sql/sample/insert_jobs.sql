-- Makes a batch of jobs. $1: array of jobs.
-- Locks: the new rows, and their leads, users, clients and projects (FOR KEY SHARE).
insert into public.lead_processing_queue (
  id, lead_id, user_id, client_id, project_id, queue_position, priority, queue_status, processing_type, processing_step,
  progress_percentage, error_message, retry_count, scheduled_for, started_at, completed_at, actual_duration_seconds,
  created_at, updated_at)
select
  r.id, r.lead_id, r.user_id, r.client_id, r.project_id, r.queue_position, r.priority, r.queue_status, r.processing_type,
  r.processing_step, r.progress_percentage, r.error_message, r.retry_count, r.scheduled_for, r.started_at, r.completed_at,
  extract(epoch from r.completed_at - r.started_at)::integer, r.created_at, coalesce(r.completed_at, r.started_at, r.created_at)
from jsonb_to_recordset($1) as r (
  id uuid, lead_id uuid, user_id uuid, client_id uuid, project_id uuid, queue_position integer, priority integer,
  queue_status text, processing_type text, processing_step text, progress_percentage integer, error_message text,
  retry_count integer, scheduled_for timestamptz, started_at timestamptz, completed_at timestamptz, created_at timestamptz)
