-- Whether a notification arrives: sends one to a channel ($1) that only the asker listens to. Locks: none.
select pg_notify($1, '')
