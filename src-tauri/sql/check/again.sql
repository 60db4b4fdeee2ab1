-- After a statement that failed.
rollback to savepoint looking
