-- {{id}}
do $queue_desk_part$ begin
  if not exists (select from queue_desk.migration_step s where s.id = '{{id}}' and s.state = 'done' and (s.kind <> 'function' or s.checksum = '{{checksum}}')) then
    execute $queue_desk_step$
{{sql}}
$queue_desk_step$;
    insert into queue_desk.migration_step as s (id, kind, checksum, state, attempts, finished_at, app_version)
    values ('{{id}}', '{{kind}}', '{{checksum}}', 'done', 1, clock_timestamp(), '{{version}}')
    on conflict (id) do update set checksum = excluded.checksum, state = 'done', error = null, finished_at = excluded.finished_at;
  end if;
end $queue_desk_part$;

