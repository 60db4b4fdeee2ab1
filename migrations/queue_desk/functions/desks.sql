-- Who works on this database with a Queue Desk right now: its sessions by the name they give themselves (`queue-desk/<version> <program>
-- <process>`), and the runs that are open. Admins only, and only desks of this database. `known` false: the server does not show this
-- database's sessions to us, so nobody can say who is there; a time that it hides is null.
create or replace function queue_desk.desks() returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_desks jsonb;
  v_runs jsonb;
begin
  if not queue_desk.is_admin() then
    raise exception 'Only an admin may see who is connected.' using errcode = 'QD002', hint = 'Ask an admin of this database.';
  end if;
  begin
    with seen as materialized (
      select a.pid, a.usename::text as login, a.application_name as name, a.backend_start from pg_catalog.pg_stat_activity a where a.datname = current_database()),
    desk as (
      select s.login, s.name, min(s.backend_start) as since, count(*)::integer as connections, bool_or(s.pid = pg_backend_pid()) as mine
      from seen s where s.name like 'queue-desk/%' group by s.login, s.name)
    -- Whoever does not see even this session sees nothing that means anything.
    select case when exists (select from seen s where s.pid = pg_backend_pid()) then coalesce(jsonb_agg(jsonb_build_object(
        'login', d.login, 'user_id', o.user_id, 'operator', o.name, 'mapped', coalesce(l.active and (l.user_id is null or o.active), false),
        'admin', coalesce(l.admin, false), 'runner', coalesce(l.runner, false), 'version', substring(d.name from '^queue-desk/(\S+)'),
        'program', substring(d.name from '^queue-desk/\S+ (\S+)'), 'since', d.since,
        'seconds', extract(epoch from clock_timestamp() - d.since)::bigint, 'connections', d.connections, 'mine', d.mine)
        order by d.mine desc, o.name nulls last, d.login, d.since, d.name), '[]') end
    into v_desks from desk d left join queue_desk.login l on l.db_role = d.login left join queue_desk.operator o on o.user_id = l.user_id;
  exception when insufficient_privilege then
    v_desks := null;
  end;
  select coalesce(jsonb_agg(jsonb_build_object('run_id', r.id, 'login', r.login, 'operator', o.name, 'everybody', r.as_user is null, 'sender', r.sender,
      'started_at', r.started_at, 'heartbeat_seconds', greatest(0, extract(epoch from queue_desk.now() - r.heartbeat_at))::bigint,
      'silent', queue_desk.is_silent(r.id, r.heartbeat_at, queue_desk.now()), 'stopping', r.stop_requested_at is not null,
      'claimed', d.claimed, 'sent', d.sent) order by r.started_at, r.id), '[]')
  into v_runs from queue_desk.run r left join queue_desk.operator o on o.user_id = r.as_user
  cross join lateral (select count(*)::integer as claimed, (count(*) filter (where x.outcome = 'sent'))::integer as sent from queue_desk.delivery x where x.run_id = r.id) d
  where r.finished_at is null;
  return jsonb_build_object('known', v_desks is not null, 'desks', coalesce(v_desks, '[]'), 'runs', v_runs);
end $$;
