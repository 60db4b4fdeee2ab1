-- A step gives a busy table's lock up quickly, so that nobody queues up behind it (SHARE ROW EXCLUSIVE on auth.users would stop
-- sign-ins); the work itself may take long.
set local lock_timeout = '200ms'; set local statement_timeout = '15min'
