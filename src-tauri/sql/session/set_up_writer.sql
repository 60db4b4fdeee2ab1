-- Once for each connection of the acting side. No locks.
-- Compiling a plan costs more than any action.
set jit = off; set statement_timeout = '30s'; set lock_timeout = '5s'; set idle_in_transaction_session_timeout = '60s'; set timezone = 'UTC'
