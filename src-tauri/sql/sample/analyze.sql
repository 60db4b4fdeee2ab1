-- Tells the planner what is there now, instead of a minute later. Locks: SHARE UPDATE EXCLUSIVE on the tables.
analyze public.leads, public.whatsapp_message_queue, public.lead_processing_queue, queue_desk.lead_gate, queue_desk.opt_out
