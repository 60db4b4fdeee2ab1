-- Makes a batch of sample leads. $1: array of leads. Locks: the new rows, and their clients and projects (FOR KEY SHARE).
insert into public.leads (
  id, first_name, last_name, phone, status, state, bant_status, client_id, current_project_id, state_status_metadata,
  lead_metadata, first_interaction, last_interaction, next_follow_up, interaction_count, follow_up_count,
  requires_human_review, created_at, updated_at)
select
  r.id, r.first_name, r.last_name, r.phone, r.status, r.state, r.bant_status, r.client_id, r.current_project_id,
  r.state_status_metadata, r.lead_metadata, r.first_interaction, r.last_interaction, r.next_follow_up, r.interaction_count,
  r.follow_up_count, r.requires_human_review, r.created_at, r.updated_at
from jsonb_to_recordset($1) as r (
  id uuid, first_name text, last_name text, phone text, status text, state text, bant_status text, client_id uuid,
  current_project_id uuid, state_status_metadata jsonb, lead_metadata jsonb, first_interaction timestamptz,
  last_interaction timestamptz, next_follow_up timestamptz, interaction_count integer, follow_up_count integer,
  requires_human_review boolean, created_at timestamptz, updated_at timestamptz)
