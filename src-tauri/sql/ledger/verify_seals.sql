-- Recomputes the chain behind seal $1, whose hash is $2 (hex), for $3 seals: about 20 ms for a thousand. No locks. Index: ledger_seal's
-- unique seq.
select queue_desk.verify_seals($1, $2, $3)
