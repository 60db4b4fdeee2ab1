-- After a statement that failed. No locks.
rollback to savepoint looking
