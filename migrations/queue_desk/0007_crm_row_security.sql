-- What a desk login may read of the CRM: the leads it may access (client_members, project_members, lead_members, clients.user_id, and, for
-- every operator, the shared pool of leads without a client), and its own messages and jobs, those of its clients and those of these leads; of
-- the pool's leads those that name no client. queue_desk.may_touch says the same of acts. SELECT only.
-- The functions are in `(select ..)`, so each is evaluated once for a query and not once for a row, also where the leads are hashed: without
-- it the planner would ask for all of them to count them. The rule itself is RESTRICTIVE: a CRM
-- policy for everybody (no TO) that trusts auth.uid() would otherwise let a desk forge its way to every row.
-- Each table is a transaction of its own (the mark `next table`): held together, ten locks would make everyone wait for the last of them.
-- Locks: ACCESS EXCLUSIVE on one table after the other, for the catalogue change only.
grant select on public.leads, public.clients, public.projects, public.client_members, public.project_members,
  public.lead_members, public.whatsapp_message_queue, public.lead_processing_queue, public.user_queue_settings,
  public.queue_performance_metrics to queue_desk_operator;

-- next table
drop policy if exists queue_desk_reads on public.leads;
drop policy if exists queue_desk_limits on public.leads;
create policy queue_desk_reads on public.leads for select to queue_desk_operator using (true);
create policy queue_desk_limits on public.leads as restrictive for select to queue_desk_operator using (
  client_id = any ((select queue_desk.my_clients())::uuid[])
  or (client_id is null and (select queue_desk.sees_pool()))
  or current_project_id = any ((select queue_desk.my_projects())::uuid[])
  or id = any ((select queue_desk.my_leads())::uuid[]));
-- next table
drop policy if exists queue_desk_reads on public.clients;
drop policy if exists queue_desk_limits on public.clients;
create policy queue_desk_reads on public.clients for select to queue_desk_operator using (true);
create policy queue_desk_limits on public.clients as restrictive for select to queue_desk_operator using (
  id = any ((select queue_desk.my_clients())::uuid[]));
-- next table
drop policy if exists queue_desk_reads on public.projects;
drop policy if exists queue_desk_limits on public.projects;
create policy queue_desk_reads on public.projects for select to queue_desk_operator using (true);
create policy queue_desk_limits on public.projects as restrictive for select to queue_desk_operator using (
  client_id = any ((select queue_desk.my_clients())::uuid[])
  or id = any ((select queue_desk.my_projects())::uuid[]));
-- next table
drop policy if exists queue_desk_reads on public.client_members;
drop policy if exists queue_desk_limits on public.client_members;
create policy queue_desk_reads on public.client_members for select to queue_desk_operator using (true);
create policy queue_desk_limits on public.client_members as restrictive for select to queue_desk_operator using (
  user_id = (select queue_desk.current_user_id()));
-- next table
drop policy if exists queue_desk_reads on public.project_members;
drop policy if exists queue_desk_limits on public.project_members;
create policy queue_desk_reads on public.project_members for select to queue_desk_operator using (true);
create policy queue_desk_limits on public.project_members as restrictive for select to queue_desk_operator using (
  user_id = (select queue_desk.current_user_id()));
-- next table
drop policy if exists queue_desk_reads on public.lead_members;
drop policy if exists queue_desk_limits on public.lead_members;
create policy queue_desk_reads on public.lead_members for select to queue_desk_operator using (true);
create policy queue_desk_limits on public.lead_members as restrictive for select to queue_desk_operator using (
  user_id = (select queue_desk.current_user_id()));
-- next table
drop policy if exists queue_desk_reads on public.whatsapp_message_queue;
drop policy if exists queue_desk_limits on public.whatsapp_message_queue;
create policy queue_desk_reads on public.whatsapp_message_queue for select to queue_desk_operator using (true);
create policy queue_desk_limits on public.whatsapp_message_queue as restrictive for select to queue_desk_operator using (
  user_id = (select queue_desk.current_user_id())
  or client_id = any ((select queue_desk.my_clients())::uuid[])
  or (client_id is null and (select queue_desk.sees_pool()) and (lead_id is null
    or exists (select from public.leads l where l.id = whatsapp_message_queue.lead_id and l.client_id is null)))
  or lead_id in (select unnest((select queue_desk.reached_leads())::uuid[])));
-- next table
drop policy if exists queue_desk_reads on public.lead_processing_queue;
drop policy if exists queue_desk_limits on public.lead_processing_queue;
create policy queue_desk_reads on public.lead_processing_queue for select to queue_desk_operator using (true);
create policy queue_desk_limits on public.lead_processing_queue as restrictive for select to queue_desk_operator using (
  user_id = (select queue_desk.current_user_id())
  or client_id = any ((select queue_desk.my_clients())::uuid[])
  or (client_id is null and (select queue_desk.sees_pool()) and (lead_id is null
    or exists (select from public.leads l where l.id = lead_processing_queue.lead_id and l.client_id is null)))
  or lead_id in (select unnest((select queue_desk.reached_leads())::uuid[])));
-- next table
drop policy if exists queue_desk_reads on public.user_queue_settings;
drop policy if exists queue_desk_limits on public.user_queue_settings;
create policy queue_desk_reads on public.user_queue_settings for select to queue_desk_operator using (true);
create policy queue_desk_limits on public.user_queue_settings as restrictive for select to queue_desk_operator using (
  user_id in (select o.user_id from queue_desk.operator o));
-- next table
drop policy if exists queue_desk_reads on public.queue_performance_metrics;
drop policy if exists queue_desk_limits on public.queue_performance_metrics;
create policy queue_desk_reads on public.queue_performance_metrics for select to queue_desk_operator using (true);
create policy queue_desk_limits on public.queue_performance_metrics as restrictive for select to queue_desk_operator using (
  user_id = (select queue_desk.current_user_id()));
