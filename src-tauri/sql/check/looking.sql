-- Where a statement that fails goes back to. No locks.
savepoint looking
