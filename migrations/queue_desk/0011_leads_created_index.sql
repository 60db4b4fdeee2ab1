-- The newest leads first: the leads grid, and Prepare's oldest. Locks: SHARE UPDATE EXCLUSIVE; alone in its file because it cannot run in a transaction.
create index concurrently if not exists queue_desk_leads_created on public.leads (created_at, id);
