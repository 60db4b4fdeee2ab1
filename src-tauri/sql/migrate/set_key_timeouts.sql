-- Adding a key locks two tables one after the other, and whoever writes to the first waits for both: half the patience each. No locks.
set local lock_timeout = '100ms'; set local statement_timeout = '15min'
