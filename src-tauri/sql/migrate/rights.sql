-- May this login create a schema here? No locks.
select has_database_privilege(current_database(), 'CREATE')
