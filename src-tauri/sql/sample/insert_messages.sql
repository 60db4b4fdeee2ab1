-- Makes a batch of old messages, as the web CRM left them; doubled columns get the same value. $1: array of messages.
-- Locks: the new rows, and their leads, users and clients (FOR KEY SHARE).
insert into public.whatsapp_message_queue (
  id, lead_id, user_id, client_id, queue_position, priority, queue_status, message_type, message_content, recipient_phone,
  template_name, message_template, template_parameters, message_variables, scheduled_for, queued_at, processed_at, sent_at,
  attempts, retry_count, last_error, error_message, created_at, updated_at)
select
  r.id, r.lead_id, r.user_id, r.client_id, r.queue_position, r.priority, r.queue_status, 'template', r.message_content,
  r.recipient_phone, r.template, r.template, r.variables, r.variables, r.scheduled_for, r.queued_at, r.processed_at, r.sent_at,
  r.attempts, r.attempts, r.error, r.error, r.queued_at, coalesce(r.processed_at, r.queued_at)
from jsonb_to_recordset($1) as r (
  id uuid, lead_id uuid, user_id uuid, client_id uuid, queue_position integer, priority integer, queue_status text,
  message_content text, recipient_phone text, template text, variables jsonb, scheduled_for timestamptz, queued_at timestamptz,
  processed_at timestamptz, sent_at timestamptz, attempts integer, error text)
