-- Ends begin_snapshot. No locks.
commit
