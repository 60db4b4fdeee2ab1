-- The seal at a place of the chain. No locks. Index: ledger_seal's unique seq.
select encode(s.hash, 'hex') from queue_desk.ledger_seal s where s.seq = $1
