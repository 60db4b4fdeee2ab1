-- The ledger's eyes: AFTER statement triggers with transition tables (0.16 cheaper of a bare insert than row triggers).
-- They see the web CRM's writes too and never make one fail. Transition tables allow neither column lists nor several
-- events, hence three triggers a table. Each table is a transaction of its own.
-- Locks: SHARE ROW EXCLUSIVE on one table after the other, for a moment.
create or replace trigger queue_desk_watch_insert after insert on public.whatsapp_message_queue
  referencing new table as new_rows for each statement execute function queue_desk.watch_queue('message');
create or replace trigger queue_desk_watch_update after update on public.whatsapp_message_queue
  referencing old table as old_rows new table as new_rows for each statement execute function queue_desk.watch_queue('message');
create or replace trigger queue_desk_watch_delete after delete on public.whatsapp_message_queue
  referencing old table as old_rows for each statement execute function queue_desk.watch_queue('message');
-- next table
create or replace trigger queue_desk_watch_insert after insert on public.lead_processing_queue
  referencing new table as new_rows for each statement execute function queue_desk.watch_queue('job');
create or replace trigger queue_desk_watch_update after update on public.lead_processing_queue
  referencing old table as old_rows new table as new_rows for each statement execute function queue_desk.watch_queue('job');
create or replace trigger queue_desk_watch_delete after delete on public.lead_processing_queue
  referencing old table as old_rows for each statement execute function queue_desk.watch_queue('job');
-- next table
create or replace trigger queue_desk_watch_insert after insert on public.user_queue_settings
  referencing new table as new_rows for each statement execute function queue_desk.watch_settings();
create or replace trigger queue_desk_watch_update after update on public.user_queue_settings
  referencing old table as old_rows new table as new_rows for each statement execute function queue_desk.watch_settings();
create or replace trigger queue_desk_watch_delete after delete on public.user_queue_settings
  referencing old table as old_rows for each statement execute function queue_desk.watch_settings();
-- next table
create or replace trigger queue_desk_watch_insert after insert on queue_desk.lead_gate
  referencing new table as new_rows for each statement execute function queue_desk.watch_gate();
create or replace trigger queue_desk_watch_update after update on queue_desk.lead_gate
  referencing old table as old_rows new table as new_rows for each statement execute function queue_desk.watch_gate();
create or replace trigger queue_desk_watch_delete after delete on queue_desk.lead_gate
  referencing old table as old_rows for each statement execute function queue_desk.watch_gate();
