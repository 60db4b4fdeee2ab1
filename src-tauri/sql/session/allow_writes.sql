-- A connection of the reading side shall write from here on; the settings of the acting side follow, until it is given back. No locks.
select pg_catalog.set_config('default_transaction_read_only', 'off', false), pg_catalog.set_config('plan_cache_mode', 'auto', false)
