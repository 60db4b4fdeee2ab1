-- The list of operators, and which database login is whom. Admins only.

create or replace function queue_desk.check_admin() returns void
language plpgsql stable security definer set search_path = '' as $$
begin
  if not queue_desk.is_admin() then
    -- QD001 for a login that nobody mapped.
    perform queue_desk.acting_as(null);
    raise exception 'Only an admin may change the list of operators. Nothing was changed.' using errcode = 'QD002', hint = 'Ask an admin of this database.';
  end if;
end $$;

-- Whether somebody could still change the list afterwards.
create or replace function queue_desk.check_admins_left() returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  if not exists (select from queue_desk.login l left join queue_desk.operator o on o.user_id = l.user_id
      where l.active and l.admin and (l.user_id is null or o.active)) then
    raise exception 'Nobody would be left to change the list of operators. Nothing was changed.' using errcode = 'QD008', hint = 'Make another login an admin first.';
  end if;
end $$;

-- Makes a user of the CRM an operator, or changes the name, and maps an existing database login to it (null: none). Creates neither
-- users nor logins; login.sql does the latter, and tells it here.
create or replace function queue_desk.operator_add(p_user uuid, p_name text, p_login text, p_admin boolean, p_runner boolean) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_name text := btrim(p_name);
  v_login text := nullif(btrim(p_login), '');
  v_was record;
  v_had record;
  v_changed boolean;
begin
  perform queue_desk.check_admin();
  perform pg_advisory_xact_lock(hashtext('queue_desk'), hashtext('operators'));
  if not exists (select from auth.users u where u.id = p_user) then
    raise exception 'There is no user with this id in the CRM (auth.users). Nothing was changed.' using errcode = 'QD004', hint = 'An operator is a user of the CRM; a client''s id is not one.';
  elsif coalesce(v_name, '') = '' or length(v_name) > 200 then
    raise exception 'An operator has a name of at most 200 characters. Nothing was changed.' using errcode = 'QD008', hint = 'Give the name that colleagues know.';
  elsif v_login is null and (p_admin or p_runner) then
    raise exception 'Admin and runner are rights of a login, and none was named. Nothing was changed.' using errcode = 'QD008', hint = 'Name the database login.';
  elsif v_login is not null and not exists (select from pg_catalog.pg_roles r where r.rolname = v_login) then
    raise exception 'There is no database login of this name. Nothing was changed.' using errcode = 'QD004', hint = 'Have it made with the operator, or name one that exists.';
  elsif v_login is not null and not exists (select from pg_catalog.pg_roles r where r.rolname = v_login and r.rolcanlogin) then
    raise exception 'This database login is closed: it may not log in. Nothing was changed.' using errcode = 'QD004', hint = 'As the owner of the database: alter role NAME login.';
  elsif v_login is not null and not has_function_privilege(v_login, 'queue_desk.take(uuid, uuid, uuid, text)', 'execute') then
    raise exception 'This login is no member of queue_desk_operator and could do nothing. Nothing was changed.' using errcode = 'QD008',
      hint = 'As the owner of the database: grant queue_desk_operator to the login.';
  end if;
  select l.*, o.active as operator_active into v_had from queue_desk.login l left join queue_desk.operator o on o.user_id = l.user_id where l.db_role = v_login;
  if found and v_had.active and v_had.user_id <> p_user and v_had.operator_active then
    raise exception 'This login is another operator''s. Nothing was changed.' using errcode = 'QD008', hint = 'Deactivate that operator first, or name another login.';
  end if;
  perform queue_desk.begin_action('operator_add', 'person', queue_desk.current_user_id());
  select * into v_was from queue_desk.operator o where o.user_id = p_user;
  v_changed := v_was.user_id is null or not v_was.active or v_was.name <> v_name
    or (v_login is not null and (v_had.user_id, v_had.admin, v_had.runner, v_had.active) is distinct from (p_user, coalesce(p_admin, false), coalesce(p_runner, false), true));
  if not v_changed then
    return queue_desk.write_receipt('operator_add', 1, 0, '[{"reason": "unchanged", "count": 1}]', null, jsonb_build_object('user_id', p_user, 'login', v_login));
  end if;
  insert into queue_desk.operator (user_id, name, active) values (p_user, v_name, true)
  on conflict (user_id) do update set name = excluded.name, active = true;
  -- The name stays out of the ledger.
  perform queue_desk.append_ledger('operator_add', 'operator', p_user::text, null, case when v_was.user_id is null then null when v_was.active then 'active' else 'inactive' end,
    'active', null, null);
  if v_login is not null then
    insert into queue_desk.login (db_role, user_id, admin, runner, active) values (v_login, p_user, coalesce(p_admin, false), coalesce(p_runner, false), true)
    on conflict (db_role) do update set user_id = excluded.user_id, admin = excluded.admin, runner = excluded.runner, active = true;
    perform queue_desk.append_ledger('operator_add', 'login', v_login, null, case when v_had.active then 'active' when not v_had.active then 'inactive' end, 'active', null,
      jsonb_build_object('user_id', p_user, 'admin', coalesce(p_admin, false), 'runner', coalesce(p_runner, false)));
    perform queue_desk.check_admins_left();
  end if;
  return queue_desk.write_receipt('operator_add', 1, 1, null, null,
    jsonb_build_object('user_id', p_user, 'login', v_login, 'admin', coalesce(p_admin, false), 'runner', coalesce(p_runner, false)) || queue_desk.told_of_logins());
end $$;

-- What login.sql did in this transaction before it asked for the mapping, for the receipt; {} where it was not asked.
create or replace function queue_desk.told_of_logins() returns jsonb
language sql stable set search_path = '' as $$
  select coalesce(nullif(current_setting('queue_desk.logins', true), '')::jsonb, '{}')
$$;

-- Retires an operator: the logins map to nobody any more, open runs of theirs stop, their messages stay and the gate holds them.
create or replace function queue_desk.operator_deactivate(p_user uuid) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_was record;
  v_waiting integer;
  l record;
begin
  perform queue_desk.check_admin();
  perform pg_advisory_xact_lock(hashtext('queue_desk'), hashtext('operators'));
  select * into v_was from queue_desk.operator o where o.user_id = p_user for update;
  if not found then
    raise exception 'There is no operator with this id. Nothing was changed.' using errcode = 'QD004', hint = 'See the list of operators.';
  end if;
  perform queue_desk.begin_action('operator_deactivate', 'person', queue_desk.current_user_id());
  if not v_was.active then
    -- Logins of one who was retired before may have been closed just now.
    return (select queue_desk.write_receipt('operator_deactivate', 1, c.changed, case when c.changed = 0 then '[{"reason": "already_inactive", "count": 1}]'::jsonb end, null,
        jsonb_build_object('user_id', p_user) || t.told)
      from (select queue_desk.told_of_logins() as told) t
      cross join lateral (select (coalesce(jsonb_array_length(t.told -> 'closed'), 0) > 0)::integer as changed) c);
  end if;
  update queue_desk.operator o set active = false where o.user_id = p_user;
  perform queue_desk.append_ledger('operator_deactivate', 'operator', p_user::text, null, 'active', 'inactive', null, null);
  for l in update queue_desk.login x set active = false where x.user_id = p_user and x.active returning x.db_role loop
    perform queue_desk.append_ledger('operator_deactivate', 'login', l.db_role, null, 'active', 'inactive', null, null);
  end loop;
  perform queue_desk.check_admins_left();
  -- A dispatch that asked the gate before this commits may still write dispatched_at: wait for it, and let none in meanwhile.
  perform pg_advisory_xact_lock(hashtext('queue_desk'), hashtext('stop'));
  update queue_desk.run r set stop_requested_at = coalesce(r.stop_requested_at, queue_desk.now())
  where r.finished_at is null and r.login in (select x.db_role from queue_desk.login x where x.user_id = p_user);
  select count(*) into v_waiting from public.whatsapp_message_queue m where m.user_id = p_user and m.queue_status = 'queued';
  return queue_desk.write_receipt('operator_deactivate', 1, 1, null, null, jsonb_build_object('user_id', p_user, 'waiting', v_waiting) || queue_desk.told_of_logins());
end $$;

-- The mapping of a login whose password login.sql has just renewed: active again where it was closed, and so is its operator.
create or replace function queue_desk.operator_renew(p_login text) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_was record;
begin
  perform queue_desk.check_admin();
  perform pg_advisory_xact_lock(hashtext('queue_desk'), hashtext('operators'));
  select l.user_id, l.active, o.active as operator_active into v_was from queue_desk.login l join queue_desk.operator o on o.user_id = l.user_id where l.db_role = p_login for update;
  if not found or queue_desk.told_of_logins() ->> 'renewed' is distinct from p_login then
    raise exception 'The password of this login was not renewed. Nothing was changed.' using errcode = 'QD008', hint = 'Renew the login.';
  end if;
  perform queue_desk.begin_action('operator_renew', 'person', queue_desk.current_user_id());
  if not v_was.operator_active then
    update queue_desk.operator o set active = true where o.user_id = v_was.user_id;
    perform queue_desk.append_ledger('operator_renew', 'operator', v_was.user_id::text, null, 'inactive', 'active', null, null);
  end if;
  update queue_desk.login l set active = true where l.db_role = p_login;
  perform queue_desk.append_ledger('operator_renew', 'login', p_login, null, case when v_was.active then 'active' else 'inactive' end, 'active', null, null);
  return queue_desk.write_receipt('operator_renew', 1, 1, null, null,
    jsonb_build_object('user_id', v_was.user_id, 'login', p_login, 'reopened', queue_desk.told_of_logins() -> 'reopened'));
end $$;

-- How many messages wait for each operator, whoever may see them: a number is no row. For logins that are somebody's.
create or replace function queue_desk.waiting_of_operators() returns table (user_id uuid, waiting integer)
language sql stable security definer set search_path = '' as $$
  select m.user_id, count(*)::integer from public.whatsapp_message_queue m where m.queue_status = 'queued' and m.user_id is not null
    and (select queue_desk.is_known()) group by m.user_id
$$;
