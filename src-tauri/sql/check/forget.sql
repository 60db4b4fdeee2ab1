-- Lets the savepoint go, so that a setting that follows outlives a statement that fails. No locks.
release savepoint looking
