-- A long ledger takes longer than a screen would wait. For a connection of its own.
set statement_timeout = '10min'
