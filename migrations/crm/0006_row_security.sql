-- Closes every CRM table to all but those whom a row concerns, and grants the web its verbs.
-- Locks: ACCESS EXCLUSIVE on the CRM tables until commit (they are new and empty when this runs).
--
-- One policy per table and verb. A row with a user is that user's; clients, projects and leads go by membership. Nobody
-- writes memberships from the web, or a user could let himself in. anon gets nothing, not even what a project's default
-- privileges would give it. service_role and the owner pass row security. Desk logins get their policies from queue_desk.

alter table public.clients enable row level security;
alter table public.projects enable row level security;
alter table public.client_members enable row level security;
alter table public.project_members enable row level security;
alter table public.profiles enable row level security;
alter table public.leads enable row level security;
alter table public.lead_members enable row level security;
alter table public.whatsapp_message_queue enable row level security;
alter table public.lead_processing_queue enable row level security;
alter table public.user_queue_settings enable row level security;
alter table public.queue_performance_metrics enable row level security;

revoke all on
  public.clients, public.projects, public.client_members, public.project_members, public.profiles, public.leads,
  public.lead_members, public.whatsapp_message_queue, public.lead_processing_queue, public.user_queue_settings,
  public.queue_performance_metrics
from anon, authenticated;

grant all on
  public.clients, public.projects, public.client_members, public.project_members, public.profiles, public.leads,
  public.lead_members, public.whatsapp_message_queue, public.lead_processing_queue, public.user_queue_settings,
  public.queue_performance_metrics
to service_role;

grant select on public.client_members, public.project_members, public.lead_members, public.profiles to authenticated;
-- Not role, not status: nobody makes himself an admin.
grant update (full_name, phone, avatar_url, website) on public.profiles to authenticated;
grant select, insert, update, delete on
  public.clients, public.projects, public.leads, public.whatsapp_message_queue, public.lead_processing_queue,
  public.user_queue_settings, public.queue_performance_metrics
to authenticated;

-- Rows that have a user.

create policy "own memberships" on public.client_members for select to authenticated
  using (user_id = (select auth.uid()));
create policy "own memberships" on public.project_members for select to authenticated
  using (user_id = (select auth.uid()));
create policy "own memberships" on public.lead_members for select to authenticated
  using (user_id = (select auth.uid()));

create policy "own profile" on public.profiles for all to authenticated
  using (id = (select auth.uid()));

create policy "own messages" on public.whatsapp_message_queue for all to authenticated
  using (user_id = (select auth.uid()));
create policy "own jobs" on public.lead_processing_queue for all to authenticated
  using (user_id = (select auth.uid()));
create policy "own settings" on public.user_queue_settings for all to authenticated
  using (user_id = (select auth.uid()));
create policy "own figures" on public.queue_performance_metrics for all to authenticated
  using (user_id = (select auth.uid()));

-- Rows that belong to a client. Members read it; its own user may also change it.

create policy "member reads" on public.clients for select to authenticated
  using (
    user_id = (select auth.uid())
    or id in (select m.client_id from public.client_members m where m.user_id = (select auth.uid())));
create policy "owner adds" on public.clients for insert to authenticated
  with check (user_id = (select auth.uid()));
create policy "owner changes" on public.clients for update to authenticated
  using (user_id = (select auth.uid()));
create policy "owner removes" on public.clients for delete to authenticated
  using (user_id = (select auth.uid()));

-- The inner select sees only the clients that the policy above lets the user see.
create policy "projects of own clients" on public.projects for all to authenticated
  using (client_id in (select c.id from public.clients c));

create policy "leads of own clients" on public.leads for all to authenticated
  using (
    client_id in (select c.id from public.clients c)
    or current_project_id in (select m.project_id from public.project_members m where m.user_id = (select auth.uid()))
    or id in (select m.lead_id from public.lead_members m where m.user_id = (select auth.uid())));
