-- Access to a lead: client_members, clients.user_id, project_members, lead_members, and the shared pool of leads without a
-- client (a switch of the database, default on). The same sources stand in the policies of 0007_crm_row_security.sql. What is asked for
-- any operator is for the functions of this schema; a desk may ask for itself only.
create or replace function queue_desk.clients_of(p_user uuid) returns uuid[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(c.id), '{}') from (
    select m.client_id as id from public.client_members m where m.user_id = p_user
    union select c.id from public.clients c where c.user_id = p_user) c
$$;

create or replace function queue_desk.projects_of(p_user uuid) returns uuid[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(m.project_id), '{}') from public.project_members m where m.user_id = p_user
$$;

create or replace function queue_desk.leads_of(p_user uuid) returns uuid[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(m.lead_id), '{}') from public.lead_members m where m.user_id = p_user
$$;

create or replace function queue_desk.pool_open() returns boolean
language sql stable security definer set search_path = '' as $$
  select queue_desk.setting_bool(i.settings, '{shared_pool}', true) from queue_desk.instance i
$$;

-- Whether the caller sees the shared pool: it is open, and the caller is an operator.
create or replace function queue_desk.sees_pool() returns boolean
language sql stable security definer set search_path = '' as $$
  select queue_desk.pool_open() and queue_desk.current_user_id() is not null
$$;

create or replace function queue_desk.may_access(p_lead uuid, p_user uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (select from public.leads l where l.id = p_lead and (
    l.client_id = any (queue_desk.clients_of(p_user))
    or (l.client_id is null and p_user is not null and queue_desk.pool_open())
    or l.current_project_id = any (queue_desk.projects_of(p_user))
    or l.id = any (queue_desk.leads_of(p_user))))
$$;

create or replace function queue_desk.my_clients() returns uuid[]
language sql stable security definer set search_path = '' as $$
  select queue_desk.clients_of(queue_desk.current_user_id())
$$;

create or replace function queue_desk.my_projects() returns uuid[]
language sql stable security definer set search_path = '' as $$
  select queue_desk.projects_of(queue_desk.current_user_id())
$$;

create or replace function queue_desk.my_leads() returns uuid[]
language sql stable security definer set search_path = '' as $$
  select queue_desk.leads_of(queue_desk.current_user_id())
$$;

-- Every lead that the caller may access, but for the shared pool's: what row security hashes once for a query, since a lookup for each
-- row costs seconds on a million messages. Indexes: client_id and current_project_id of leads.
create or replace function queue_desk.reached_leads() returns uuid[]
language sql stable security definer set search_path = '' as $$
  select array(
    select l.id from public.leads l where l.client_id = any (queue_desk.my_clients())
    union all select l.id from public.leads l where l.current_project_id = any (queue_desk.my_projects())
    union all select x.id from unnest(queue_desk.my_leads()) x (id))
$$;
