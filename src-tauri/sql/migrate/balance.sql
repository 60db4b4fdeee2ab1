-- How many rows each table has that a migration may take rows from. Reads them whole. No locks.
select x.* from (
  select 'public.clients' as name, count(*) as rows from public.clients union all select 'public.projects', count(*) from public.projects
  union all select 'public.leads', count(*) from public.leads union all select 'public.client_members', count(*) from public.client_members
  union all select 'public.project_members', count(*) from public.project_members union all select 'public.lead_members', count(*) from public.lead_members
  union all select 'public.user_queue_settings', count(*) from public.user_queue_settings union all select 'public.queue_performance_metrics', count(*) from public.queue_performance_metrics
  union all select 'public.lead_processing_queue', count(*) from public.lead_processing_queue
  union all select 'public.whatsapp_message_queue', count(*) from public.whatsapp_message_queue) x order by x.name
