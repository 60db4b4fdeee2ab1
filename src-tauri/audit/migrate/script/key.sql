-- {{child}}.{{col}} -> {{parent}}: index, key, rows that point nowhere to quarantine, validation. Rows that cannot be settled, and
-- references of which more than a fifth point nowhere, stop the script here: look at them first.
{{index}}
do $queue_desk_part$
declare
  v_batch jsonb;
  v_after text;
  v_orphans bigint;
  v_pointing bigint;
begin
  select count(*), count(*) filter (where p.id is null) into v_pointing, v_orphans from {{child}} c left join {{parent}} p on p.id = c.{{col}} where c.{{col}} is not null;
  if v_orphans * 5 > v_pointing then
    raise exception '% of % rows of {{child}}.{{col}} point to nothing in {{parent}}. Find out why first.', v_orphans, v_pointing;
  end if;
  if not exists (select from pg_catalog.pg_constraint k join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attname = '{{col}}'
      where k.contype = 'f' and k.conrelid = '{{child}}'::regclass and k.confrelid = '{{parent}}'::regclass and k.conkey = array[a.attnum]) then
    {{add}};
    {{comment}};
  end if;
  loop
    v_batch := queue_desk.settle_orphans('{{contract}}', '{{child}}', '{{col}}', '{{id}}', '{{run}}', 500, v_after);
    exit when (v_batch ->> 'found')::integer = 0;
    if v_batch -> 'held' <> '{}' then
      raise exception 'Rows of {{child}}.{{col}} cannot be settled: %', v_batch -> 'held';
    end if;
    v_after := v_batch ->> 'last';
  end loop;
  if exists (select from pg_catalog.pg_constraint k join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attname = '{{col}}'
      where k.contype = 'f' and not k.convalidated and k.conrelid = '{{child}}'::regclass and k.confrelid = '{{parent}}'::regclass and k.conkey = array[a.attnum]) then
    {{validate}};
  end if;
end $queue_desk_part$;

