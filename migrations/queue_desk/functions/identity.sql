-- Who is calling. A desk login is mapped by session_user, which a client cannot forge; the web's logins are known by their
-- JWT, and only when they came through `authenticator`. Null: nobody we know.
create or replace function queue_desk.current_user_id() returns uuid
language sql stable security definer set search_path = '' as $$
  select case
    when session_user = 'authenticator'
      -- Other sign-in services have other subjects; those are nobody we know, not an error in the web's write.
      then (select case when c.sub ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then c.sub::uuid end
            from (select nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub' as sub) c)
    else (select l.user_id from queue_desk.login l join queue_desk.operator o on o.user_id = l.user_id
          where l.db_role = session_user and l.active and o.active)
  end
$$;

-- Whether the caller's login is somebody's: an active operator's, or a server's that needs none.
create or replace function queue_desk.is_mapped() returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (select from queue_desk.login l left join queue_desk.operator o on o.user_id = l.user_id
    where l.db_role = session_user and l.active and (l.user_id is null or o.active))
$$;

-- Whether the caller may be told of others: a mapped login, or whoever owns this schema. To be called by the owner's functions only.
create or replace function queue_desk.is_known() returns boolean
language sql stable security definer set search_path = '' as $$
  select queue_desk.is_mapped() or pg_has_role(session_user, current_user, 'member')
$$;

create or replace function queue_desk.refuse_unknown() returns void
language plpgsql stable security definer set search_path = '' as $$
begin
  if not queue_desk.is_known() then
    raise exception 'The login "%" is not mapped to an active operator. Nothing was changed.', session_user
      using errcode = 'QD001', hint = 'Ask your admin to map it in the list of operators.';
  end if;
end $$;

create or replace function queue_desk.is_admin() returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (select from queue_desk.login l left join queue_desk.operator o on o.user_id = l.user_id
    where l.db_role = session_user and l.active and l.admin and (l.user_id is null or o.active))
$$;

create or replace function queue_desk.is_runner() returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (select from queue_desk.login l left join queue_desk.operator o on o.user_id = l.user_id
    where l.db_role = session_user and l.active and l.runner and (l.user_id is null or o.active))
$$;

-- The operator that an action is for: null is the caller; another one needs an admin. Raises QD001 (no operator) or
-- QD002 (not allowed).
create or replace function queue_desk.acting_as(p_as_user uuid) returns uuid
language plpgsql stable security definer set search_path = '' as $$
declare
  v_me uuid := queue_desk.current_user_id();
begin
  perform queue_desk.refuse_old_app();
  if v_me is null and not queue_desk.is_admin() then
    raise exception 'The login "%" is not mapped to an active operator. Nothing was changed.', session_user
      using errcode = 'QD001', hint = 'Ask your admin to map it in the list of operators.';
  end if;
  if p_as_user is null or p_as_user = v_me then
    if v_me is null then
      raise exception 'The login "%" has no operator of its own. Nothing was changed.', session_user
        using errcode = 'QD001', hint = 'Say for which operator to act.';
    end if;
    return v_me;
  end if;
  if not queue_desk.is_admin() then
    raise exception 'Only an admin may act for another operator. Nothing was changed.' using errcode = 'QD002', hint = 'Leave out for whom, or ask an admin.';
  end if;
  if not exists (select from queue_desk.operator o where o.user_id = p_as_user and o.active) then
    raise exception 'There is no active operator with this id. Nothing was changed.' using errcode = 'QD001', hint = 'Choose an active operator.';
  end if;
  return p_as_user;
end $$;
