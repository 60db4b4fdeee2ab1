-- From here on a query that row security would cut down is an error: a login that sees no users must not report every lead as an orphan.
release savepoint looking; set local row_security = off; savepoint looking
