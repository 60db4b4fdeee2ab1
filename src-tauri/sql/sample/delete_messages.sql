-- Removes the messages of sample leads in one statement, so that the ledger's trigger runs once and not once a lead.
-- Locks those rows. Index: whatsapp_message_queue (lead_id), or a scan when most rows go.
delete from public.whatsapp_message_queue m
using public.leads l
where l.id = m.lead_id and l.lead_metadata -> 'sample' = 'true'
