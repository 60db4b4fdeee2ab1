-- Makes the leads, and who was given one.
-- Locks: auth.users, clients and projects (SHARE ROW EXCLUSIVE, by the foreign keys); the rest is new.
--
-- As in the source: phone is free text, may be null and is not unique; nothing keeps updated_at; there is no owner column.

create table public.leads (
  id uuid primary key default gen_random_uuid(),
  first_name varchar(255),
  last_name text,
  phone varchar(50),
  status varchar(50) not null default 'unqualified' check (status in (
    'unqualified', 'awareness', 'consideration', 'interest', 'new', 'active', 'inactive', 'qualified', 'hot', 'warm', 'cold',
    'converted', 'closed_won', 'closed_lost', 'nurturing', 'follow_up', 'contacted', 'not_contacted', 'pending', 'archived',
    'deleted')),
  state varchar(50) default 'new_lead',
  bant_status varchar(50) default 'unqualified',
  processing_state public.processing_state_enum not null default 'pending',
  client_id uuid references public.clients (id),
  current_project_id uuid references public.projects (id),
  state_status_metadata jsonb default '{}',
  lead_metadata jsonb default '{}',
  first_interaction timestamptz,
  last_interaction timestamptz,
  next_follow_up timestamptz,
  last_agent_processed_at timestamptz,
  interaction_count integer default 0,
  follow_up_count integer default 0,
  requires_human_review boolean default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create index idx_leads_bant_status on public.leads (bant_status);
create index idx_leads_client_id on public.leads (client_id);
create index idx_leads_client_project on public.leads (client_id, current_project_id)
  where client_id is not null and current_project_id is not null;
create index idx_leads_current_project_id on public.leads (current_project_id);
create index idx_leads_first_interaction on public.leads (first_interaction);
create index idx_leads_last_interaction on public.leads (last_interaction);
create index idx_leads_processing_state on public.leads (processing_state);
create index idx_leads_state on public.leads (state);
create index idx_leads_state_processing on public.leads (state, processing_state);
create index idx_leads_status_processing on public.leads (status, processing_state);

create table public.lead_members (
  id uuid primary key default gen_random_uuid(),
  lead_id uuid not null references public.leads (id) on delete cascade,
  user_id uuid references auth.users (id) on delete cascade,
  role text not null default 'OWNER' check (role in ('OWNER', 'ADMIN', 'MEMBER')),
  unique (lead_id, user_id)
);
