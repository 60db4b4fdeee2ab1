-- Makes the two queues: messages (whatsapp_message_queue) and jobs (lead_processing_queue).
-- Locks: auth.users, clients, projects and leads (SHARE ROW EXCLUSIVE, by the foreign keys); the rest is new.
--
-- Several ideas have two columns, as in the source: template_name and message_template, template_parameters and
-- message_variables, attempts and retry_count, last_error and error_message.

create function public.update_updated_at_column() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end $$;

create table public.whatsapp_message_queue (
  id uuid primary key default gen_random_uuid(),
  lead_id uuid references public.leads (id) on delete cascade,
  user_id uuid references auth.users (id) on delete cascade,
  client_id uuid references public.clients (id) on delete cascade,
  queue_position integer not null,
  priority integer default 5 check (priority between 1 and 10),
  queue_status text default 'queued' check (queue_status in ('queued', 'sending', 'sent', 'failed', 'cancelled')),
  message_type text not null default 'text' check (message_type in ('text', 'template', 'media', 'interactive')),
  message_content text not null,
  recipient_phone text not null,
  template_name text,
  template_parameters jsonb,
  message_template text,
  message_variables jsonb default '{}',
  whatsapp_message_id text,
  sender_phone_number_id text,
  scheduled_for timestamptz default now(),
  send_after timestamptz,
  expires_at timestamptz,
  rate_limit_key text,
  rate_limit_window_start timestamptz,
  rate_limit_count integer default 0,
  retry_count integer default 0,
  max_retries integer default 3,
  last_retry_at timestamptz,
  error_message text,
  attempts integer default 0,
  last_error text,
  error_code text,
  queued_at timestamptz default now(),
  processed_at timestamptz,
  sent_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz,
  agent_trigger_id text,
  agent_conversation_id text,
  queue_metadata jsonb default '{}',
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

create index idx_whatsapp_message_queue_due
  on public.whatsapp_message_queue (queue_status, priority desc, scheduled_for);
create index idx_whatsapp_message_queue_priority_position
  on public.whatsapp_message_queue (priority desc, queue_position);
create index idx_whatsapp_message_queue_scheduled_queued
  on public.whatsapp_message_queue (scheduled_for) where queue_status = 'queued';
create index idx_whatsapp_message_queue_scheduled_for on public.whatsapp_message_queue (scheduled_for);
create index idx_whatsapp_message_queue_queue_status on public.whatsapp_message_queue (queue_status);
create index idx_whatsapp_message_queue_lead_id on public.whatsapp_message_queue (lead_id);
create index idx_whatsapp_message_queue_user_id on public.whatsapp_message_queue (user_id);
create index idx_whatsapp_message_queue_client_id on public.whatsapp_message_queue (client_id);
create index idx_whatsapp_message_queue_created_at on public.whatsapp_message_queue (created_at);
create index idx_whatsapp_message_queue_recipient_phone on public.whatsapp_message_queue (recipient_phone);

create trigger update_whatsapp_message_queue_updated_at
  before update on public.whatsapp_message_queue
  for each row execute function public.update_updated_at_column();

create table public.lead_processing_queue (
  id uuid primary key default gen_random_uuid(),
  lead_id uuid references public.leads (id) on delete cascade,
  user_id uuid references auth.users (id) on delete cascade,
  client_id uuid references public.clients (id) on delete set null,
  project_id uuid references public.projects (id) on delete set null,
  queue_position integer not null,
  priority integer default 5 check (priority between 1 and 10),
  queue_status text default 'queued' check (queue_status in ('queued', 'processing', 'completed', 'failed', 'cancelled')),
  processing_type text default 'auto' check (processing_type in ('auto', 'manual', 'retry')),
  assigned_processor text,
  scheduled_for timestamptz,
  started_at timestamptz,
  completed_at timestamptz,
  processing_step text,
  progress_percentage integer check (progress_percentage between 0 and 100),
  error_message text,
  retry_count integer default 0,
  max_retries integer default 3,
  last_retry_at timestamptz,
  estimated_duration_seconds integer,
  actual_duration_seconds integer,
  queue_metadata jsonb,
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

create index idx_lead_processing_queue_lead_id on public.lead_processing_queue (lead_id);
create index idx_lead_processing_queue_status on public.lead_processing_queue (queue_status);
create index idx_lead_processing_queue_priority_position
  on public.lead_processing_queue (priority desc, queue_position);
create index idx_lead_processing_queue_scheduled
  on public.lead_processing_queue (scheduled_for) where queue_status = 'queued';
create index idx_lead_processing_queue_user_id on public.lead_processing_queue (user_id);

create trigger update_lead_processing_queue_updated_at
  before update on public.lead_processing_queue
  for each row execute function public.update_updated_at_column();
