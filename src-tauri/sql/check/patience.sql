-- How long ($1) the statements that follow may take. Reads nothing; no locks.
select set_config('statement_timeout', $1, true)
