-- A long ledger takes longer than a screen would wait. For a connection of its own. No locks.
set statement_timeout = '10min'
