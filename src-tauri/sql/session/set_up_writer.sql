-- Once for each connection of the acting side. Its last row names the connection: receipts in the ledger hold that session, so whoever did
-- not hear an answer can ask for it later (receipt/unheard); the process and when it began tell which one has to end first. Locks: an
-- advisory one, shared, of this session alone, held while this process serves it.
-- Compiling a plan costs more than any action. The server asks after an idle computer each minute: ways through routers stay open, and what
-- sleeps or is gone does not keep its place for hours.
set jit = off; set statement_timeout = '30s'; set lock_timeout = '5s'; set idle_in_transaction_session_timeout = '60s'; set timezone = 'UTC'; set tcp_keepalives_idle = 60; set tcp_keepalives_interval = 15;
select s.id, pg_catalog.pg_backend_pid() as pid, a.backend_start::text as began, pg_catalog.pg_try_advisory_lock_shared(pg_catalog.hashtextextended(s.id, 0)) as held
from (select pg_catalog.set_config('queue_desk.session', pg_catalog.gen_random_uuid()::text, false) as id) s
cross join pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) a
