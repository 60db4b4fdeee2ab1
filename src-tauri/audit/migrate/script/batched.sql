-- {{id}}
do $queue_desk_part$
declare
  v_changed integer;
begin
  loop
    execute $queue_desk_step$ {{sql}} $queue_desk_step$ into v_changed using '{{run}}'::uuid;
    exit when coalesce(v_changed, 0) = 0;
  end loop;
  insert into queue_desk.migration_step as s (id, kind, checksum, state, attempts, finished_at, app_version)
  values ('{{id}}', '{{kind}}', '{{checksum}}', 'done', 1, clock_timestamp(), '{{version}}')
  on conflict (id) do update set checksum = excluded.checksum, state = 'done', error = null, finished_at = excluded.finished_at;
end $queue_desk_part$;

