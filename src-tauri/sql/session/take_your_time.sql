-- A long read that a slow disk or reader may stretch. No locks.
set statement_timeout = 0
