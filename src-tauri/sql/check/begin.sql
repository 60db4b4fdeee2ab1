-- One moment for the whole check, and nothing can be written. An empty search_path makes every name mean one thing. A statement
-- that fails goes back to the savepoint and the check goes on. No locks.
begin transaction isolation level repeatable read, read only; set local search_path = ''; set local statement_timeout = '30s'; set local lock_timeout = '2s'; savepoint looking
