-- Drops an index that an interrupted CREATE INDEX CONCURRENTLY left behind; a whole one stays. Locks: ACCESS EXCLUSIVE on its table, for
-- a moment, given up after 200 ms.
do $$ begin
  if exists (select from pg_catalog.pg_index i where i.indexrelid = to_regclass(nullif(current_setting('queue_desk.index'), '')) and not i.indisvalid) then
    set local lock_timeout = '200ms';
    execute format('drop index %s', to_regclass(current_setting('queue_desk.index')));
  end if;
end $$
