-- Removes the jobs of sample leads in one statement, so that the ledger's trigger runs once and not once a lead.
-- Locks those rows. Index: lead_processing_queue (lead_id), or a scan when most rows go.
delete from public.lead_processing_queue j
using public.leads l
where l.id = j.lead_id and l.lead_metadata -> 'sample' = 'true'
