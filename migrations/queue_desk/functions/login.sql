-- Database logins of operators: an admin whose own login may make roles makes and closes them here. Not SECURITY DEFINER: the server asks
-- for the caller's own rights, so these give nobody a right that he has not. Names and the password's verifier are put into the statements
-- by format; what is shown is what runs. A role made in a transaction that fails is gone with it.

-- Why this session may make no logins (null: it may).
create or replace function queue_desk.login_obstacle() returns text
language sql stable set search_path = '' as $$
  select case
    when not queue_desk.is_admin() then 'not_admin'
    when r.rolsuper then null
    when not r.rolcreaterole then 'no_createrole'
    -- Before Postgres 16 CREATEROLE is enough to give away the membership of any role.
    when current_setting('server_version_num')::integer >= 160000 and not pg_has_role(current_user, 'queue_desk_operator', 'MEMBER WITH ADMIN OPTION') then 'no_admin_option' end
  from pg_catalog.pg_roles r where r.rolname = current_user
$$;

-- The statements that make a login. `p_verifier` is SCRAM's, never a password; null is for showing. Raises QD008 for a name that no login
-- should have. Postgres would cut a name at 63 bytes without an error.
create or replace function queue_desk.login_script(p_login text, p_verifier text) returns text[]
language plpgsql stable set search_path = '' as $$
begin
  if coalesce(p_login, '') !~ '^[a-z][a-z0-9_]*$' or p_login ~ '^pg_' or p_login in ('public', 'none') then
    raise exception 'A login''s name begins with a letter and has small letters a to z, digits and _; it is not reserved. Nothing was changed.'
      using errcode = 'QD008', hint = 'For example desk_dana.';
  elsif length(p_login) > 63 then
    raise exception 'A login''s name has at most 63 characters. Nothing was changed.' using errcode = 'QD008', hint = 'Give a shorter one.';
  elsif exists (select from pg_catalog.pg_roles r where r.rolname = p_login) then
    raise exception 'There is a database login or group of this name already. Nothing was changed.'
      using errcode = 'QD008', hint = 'Map it without making it, or give another name.';
  elsif p_verifier is not null and p_verifier !~ '^SCRAM-SHA-256\$\d{4,6}:[A-Za-z0-9+/]+=*\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$' then
    raise exception 'A login is made with the SCRAM verifier of its password, never with the password. Nothing was changed.' using errcode = 'QD008';
  end if;
  return array_remove(array[
    format('create role %I with login password %L connection limit 8 in role queue_desk_operator', p_login, coalesce(p_verifier, 'SCRAM-SHA-256$..')),
    -- Everybody may connect, unless somebody took that away.
    case when not exists (select from pg_catalog.pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
        where d.datname = current_database() and a.grantee = 0 and a.privilege_type = 'CONNECT')
      then format('grant connect on database %I to %I', current_database(), p_login) end], null);
end $$;

-- Makes the login and maps it, or does neither.
create or replace function queue_desk.login_create(p_user uuid, p_name text, p_login text, p_verifier text, p_admin boolean, p_runner boolean) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  v_why text := queue_desk.login_obstacle();
  v_statement text;
begin
  if v_why is not null then
    raise exception '%', case v_why when 'not_admin' then 'Only an admin may change the list of operators. Nothing was changed.'
        else 'Your login may not make logins. Nothing was changed.' end
      using errcode = 'QD002', hint = case v_why when 'not_admin' then 'Ask an admin of this database.'
        else 'Save the script and have the owner of the database run it, then map the login.' end;
  elsif p_verifier is null then
    raise exception 'A login has a password. Nothing was changed.' using errcode = 'QD008';
  end if;
  foreach v_statement in array queue_desk.login_script(p_login, p_verifier) loop
    execute v_statement;
  end loop;
  -- Told to the receipt, as begin_action tells the triggers.
  perform set_config('queue_desk.logins', jsonb_build_object('login_made', true)::text, true);
  return queue_desk.operator_add(p_user, p_name, p_login, p_admin, p_runner);
end $$;

-- The logins of an operator that may still log in, the statement that closes each, and why this session may not run it (null: it may).
-- One that can do more than a desk is never closed from here: it may be the owner of the whole database.
create or replace function queue_desk.login_close_script(p_user uuid) returns table (login text, statement text, obstacle text)
language sql stable set search_path = '' as $$
  select r.rolname::text, format('alter role %I with nologin', r.rolname), case
      when r.rolname = session_user or r.rolname = current_user then 'own'
      when r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolbypassrls or r.rolreplication
        or exists (select from pg_catalog.pg_database d where d.datname = current_database() and d.datdba = r.oid) then 'more_than_a_desk'
      when me.rolsuper then null
      when not me.rolcreaterole then 'no_createrole'
      when current_setting('server_version_num')::integer >= 160000 and not pg_has_role(current_user, r.oid, 'MEMBER WITH ADMIN OPTION') then 'no_admin_option' end
  from queue_desk.login l join pg_catalog.pg_roles r on r.rolname = l.db_role
  cross join (select * from pg_catalog.pg_roles x where x.rolname = current_user) me
  where l.user_id = p_user and r.rolcanlogin order by r.rolname
$$;

-- Retires an operator and closes the logins that it may close. Their open sessions can only look from then on, because the mapping is gone;
-- end_sessions ends them once this is committed: before that they would come back at once, or have been ended for nothing.
create or replace function queue_desk.login_close(p_user uuid) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  l record;
  v_closed text[] := '{}';
  v_left jsonb := '[]';
begin
  if not queue_desk.is_admin() then
    raise exception 'Only an admin may change the list of operators. Nothing was changed.' using errcode = 'QD002', hint = 'Ask an admin of this database.';
  end if;
  for l in select * from queue_desk.login_close_script(p_user) loop
    if l.obstacle is not null then
      v_left := v_left || jsonb_build_object('login', l.login, 'reason', l.obstacle);
      continue;
    end if;
    execute l.statement;
    v_closed := v_closed || l.login;
  end loop;
  perform set_config('queue_desk.logins', jsonb_build_object('closed', v_closed, 'left', v_left)::text, true);
  return queue_desk.operator_deactivate(p_user);
end $$;

-- What gives an operator's login a new password, and lets it log in again where it was closed (`closed`: the login or its operator works
-- no more). `p_verifier` as in login_script. Never one that can do more than a desk: its password may be the owner's.
create or replace function queue_desk.login_renew_script(p_login text, p_verifier text) returns table (login text, statement text, obstacle text, closed boolean)
language plpgsql stable set search_path = '' as $$
begin
  if p_verifier is not null and p_verifier !~ '^SCRAM-SHA-256\$\d{4,6}:[A-Za-z0-9+/]+=*\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$' then
    raise exception 'A login gets the SCRAM verifier of its password, never the password. Nothing was changed.' using errcode = 'QD008';
  end if;
  return query
  select r.rolname::text, format('alter role %I with login password %L', r.rolname, coalesce(p_verifier, 'SCRAM-SHA-256$..')), case
      when not queue_desk.is_admin() then 'not_admin'
      when r.rolname = session_user or r.rolname = current_user then 'own'
      when r.rolsuper or r.rolcreaterole or r.rolcreatedb or r.rolbypassrls or r.rolreplication
        or exists (select from pg_catalog.pg_database d where d.datname = current_database() and d.datdba = r.oid) then 'more_than_a_desk'
      when me.rolsuper then null
      when not me.rolcreaterole then 'no_createrole'
      when current_setting('server_version_num')::integer >= 160000 and not pg_has_role(current_user, r.oid, 'MEMBER WITH ADMIN OPTION') then 'no_admin_option' end,
    not (r.rolcanlogin and l.active and o.active)
  from queue_desk.login l join queue_desk.operator o on o.user_id = l.user_id join pg_catalog.pg_roles r on r.rolname = l.db_role
  cross join (select * from pg_catalog.pg_roles x where x.rolname = current_user) me
  where l.db_role = p_login;
  if not found then
    raise exception 'No operator has a database login of this name. Nothing was changed.' using errcode = 'QD004', hint = 'See the list of operators.';
  end if;
end $$;

-- A new password for an operator's login; with `p_reopen` one that was closed logs in again, and its operator is one again. Whoever is
-- connected with the old password is put out by end_sessions afterwards.
create or replace function queue_desk.login_renew(p_login text, p_verifier text, p_reopen boolean) returns jsonb
language plpgsql volatile set search_path = '' as $$
declare
  r record;
begin
  select * into r from queue_desk.login_renew_script(p_login, p_verifier);
  if r.obstacle is not null then
    raise exception '%', case r.obstacle when 'not_admin' then 'Only an admin may change the list of operators. Nothing was changed.'
        when 'own' then 'This login is the one you are using. Nothing was changed.'
        when 'more_than_a_desk' then 'This login can do more than a desk, and is not changed from here. Nothing was changed.'
        else 'Your login may not change this login. Nothing was changed.' end
      using errcode = 'QD002', hint = case r.obstacle when 'not_admin' then 'Ask an admin of this database.'
        when 'own' then 'Another admin has to do this.' else 'Save the script and have the owner of the database run it.' end;
  elsif p_verifier is null then
    raise exception 'A login has a password. Nothing was changed.' using errcode = 'QD008';
  elsif r.closed and not coalesce(p_reopen, false) then
    raise exception 'This login is closed. Nothing was changed.' using errcode = 'QD008', hint = 'Say that it is to be opened again.';
  end if;
  execute r.statement;
  perform set_config('queue_desk.logins', jsonb_build_object('renewed', p_login, 'reopened', r.closed)::text, true);
  return queue_desk.operator_renew(p_login);
end $$;

-- Ends the sessions of these logins where the server lets this one end them: of those that may not log in any more, or (`p_open`) whose
-- password is another one now.
create or replace function queue_desk.end_sessions(p_logins text[], p_open boolean) returns table (ended integer, still_open integer)
language plpgsql volatile set search_path = '' as $$
declare
  s record;
begin
  if not queue_desk.is_admin() then
    raise exception 'Only an admin may end sessions. Nothing was changed.' using errcode = 'QD002', hint = 'Ask an admin of this database.';
  end if;
  ended := 0;
  still_open := 0;
  for s in select a.pid from pg_catalog.pg_stat_activity a join pg_catalog.pg_roles r on r.rolname = a.usename
      where r.rolname = any (p_logins) and r.rolname <> session_user and (p_open or not r.rolcanlogin) loop
    begin
      perform pg_catalog.pg_terminate_backend(s.pid);
      ended := ended + 1;
    exception when insufficient_privilege then
      still_open := still_open + 1;
    end;
  end loop;
  return next;
end $$;
