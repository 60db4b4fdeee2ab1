-- How long the chain is. No locks. Index: ledger_seal's unique seq.
select coalesce(max(s.seq), 0) from queue_desk.ledger_seal s
