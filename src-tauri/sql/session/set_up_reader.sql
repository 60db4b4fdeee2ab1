-- Once for each connection of the reading side. No locks.
-- Compiling a plan costs more than any page. Keepalives as in set_up_writer.
set jit = off; set default_transaction_read_only = on; set plan_cache_mode = force_custom_plan; set statement_timeout = '30s'; set lock_timeout = '5s'; set idle_in_transaction_session_timeout = '60s'; set timezone = 'UTC'; set tcp_keepalives_idle = 60; set tcp_keepalives_interval = 15
