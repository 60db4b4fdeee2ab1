-- Writes one word into leads.status. Locks: its outbox row, skipping a held one, and the lead; whatever the CRM's own triggers lock. Index: primary keys.
select queue_desk.write_word($1)
