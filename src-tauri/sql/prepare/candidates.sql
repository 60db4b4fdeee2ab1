-- The leads that the operator could queue, with a reason beside each that cannot be. Locks: none. Index: leads (status, processing_state).
select lead_id, first_name, last_name, phone, status, bant_status, lead_metadata, last_interaction, created_at, fingerprint, reason, detail
from queue_desk.prepare_candidates($1, $2, $3)
