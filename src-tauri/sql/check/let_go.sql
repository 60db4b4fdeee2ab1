-- Ends hold. No locks.
rollback
