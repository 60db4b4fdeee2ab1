-- Pauses of everybody, an operator, a client, a lead or a template, for a time or until somebody resumes. The gate honours them
-- (gate.sql). Unlike Stop, automation goes on with the rest, and by itself when the pause is over.

-- What a pause is about, as it is kept; raises when it is nothing. Who may: everybody's is anybody's (as Stop), a
-- colleague's an admin's, a client's and a lead's whose has access.
create or replace function queue_desk.pause_subject(p_scope text, p_subject text, p_exists boolean) returns text
language plpgsql stable security definer set search_path = '' as $$
declare
  v_id uuid;
begin
  if p_scope is null or p_scope not in ('all', 'operator', 'client', 'lead', 'template') then
    raise exception 'There is no such pause. Nothing was changed.' using errcode = 'QD008', hint = 'Pause all, operator, client, lead or template.';
  elsif (p_scope = 'all') <> (coalesce(btrim(p_subject), '') = '') then
    raise exception 'A pause of % names %. Nothing was changed.', p_scope, case p_scope when 'all' then 'nobody' else 'one' end
      using errcode = 'QD008', hint = 'Say which operator, client, lead or template; for all, none.';
  elsif p_scope = 'all' then
    return null;
  elsif p_scope = 'template' then
    return btrim(p_subject);
  end if;
  if btrim(p_subject) ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    v_id := btrim(p_subject)::uuid;
  end if;
  -- What was deleted since can still be resumed.
  if v_id is null or (p_exists and not (case p_scope when 'operator' then exists (select from queue_desk.operator o where o.user_id = v_id)
      when 'client' then exists (select from public.clients c where c.id = v_id) else exists (select from public.leads l where l.id = v_id) end)) then
    raise exception 'There is no % with this id. Nothing was changed.', p_scope using errcode = 'QD004', hint = 'Is the id right?';
  end if;
  return v_id::text;
end $$;

create or replace function queue_desk.may_pause(p_scope text, p_subject text, p_user uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select queue_desk.is_admin() or case p_scope when 'operator' then p_subject = p_user::text
    when 'client' then p_subject::uuid = any (queue_desk.clients_of(p_user)) when 'lead' then queue_desk.may_access(p_subject::uuid, p_user) else true end
$$;

-- Whether an operator is paused by somebody else: that one, or an admin, lifts it.
create or replace function queue_desk.paused_by_another(p_scope text, p_subject text, p_user uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select not queue_desk.is_admin() and exists (select from queue_desk.pause p where p.scope = 'operator' and p.scope = p_scope and p.subject = p_subject
    and (p.until is null or p.until > queue_desk.now()) and p."by" is distinct from coalesce(queue_desk.current_user_id(), p_user))
$$;

-- `p_until` null: until somebody resumes. A pause is never made shorter; one that has run out is none.
create or replace function queue_desk.pause(p_scope text, p_subject text, p_until timestamptz, p_as_user uuid default null, p_reason text default null) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
  v_now timestamptz := queue_desk.now();
  v_subject text := queue_desk.pause_subject(p_scope, p_subject, true);
  v_detail jsonb := jsonb_build_object('scope', p_scope, 'subject', v_subject);
  v_was record;
  p record;
begin
  if p_until <= v_now or not isfinite(p_until) then
    raise exception 'A pause ends at a time ahead. Nothing was changed.' using errcode = 'QD008', hint = 'Give a later time, in UTC, or none.';
  end if;
  perform queue_desk.begin_action('pause', 'person', v_user, p_reason);
  if not queue_desk.may_pause(p_scope, v_subject, v_user) then
    return queue_desk.write_receipt('pause', 1, 0, '[{"reason": "no_access", "count": 1}]', null, v_detail);
  end if;
  -- Of two desks at once, the second waits here and then sees the first one's.
  perform pg_advisory_xact_lock(hashtext('queue_desk'), hashtext('pause'));
  select * into v_was from queue_desk.pause x where x.scope = p_scope and x.subject is not distinct from v_subject for update;
  if found and (v_was.until is null or (v_was.until > v_now and v_was.until >= p_until) or queue_desk.paused_by_another(p_scope, v_subject, v_user)) then
    return queue_desk.write_receipt('pause', 1, 0, '[{"reason": "already_paused", "count": 1}]', null, v_detail || jsonb_build_object('until', v_was.until));
  end if;
  insert into queue_desk.pause as x (scope, subject, until, by, at, reason)
  values (p_scope, v_subject, p_until, coalesce(queue_desk.current_user_id(), v_user), v_now, nullif(btrim(p_reason), ''))
  on conflict (scope, coalesce(subject, '')) do update set until = excluded.until, by = excluded.by, at = excluded.at, reason = excluded.reason
  returning * into p;
  -- A dispatch that asked the gate before this commits may still write dispatched_at: wait for it, and let none in meanwhile.
  perform pg_advisory_xact_lock(hashtext('queue_desk'), hashtext('stop'));
  perform queue_desk.append_ledger('pause', 'pause', coalesce(v_subject, 'all'), case when p_scope = 'lead' then v_subject::uuid end, 'running', 'paused',
    nullif(current_setting('queue_desk.reason', true), ''), jsonb_build_object('scope', p_scope, 'until', p_until));
  return queue_desk.write_receipt('pause', 1, 1, null, null, v_detail || jsonb_build_object('until', p_until, 'pause_id', p.id::text, 'at', p.at,
    -- What Undo puts back.
    'was', case when v_was.until > v_now then jsonb_build_object('until', v_was.until, 'by', v_was."by", 'at', v_was.at) end));
end $$;

-- Lifts a pause. After Stop, desks start again when a person starts them.
create or replace function queue_desk.resume(p_scope text, p_subject text, p_as_user uuid default null, p_reason text default null) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_user uuid := queue_desk.acting_as(p_as_user);
  v_subject text := queue_desk.pause_subject(p_scope, p_subject, false);
  v_detail jsonb := jsonb_build_object('scope', p_scope, 'subject', v_subject);
  v_gone integer;
begin
  perform queue_desk.begin_action('resume', 'person', v_user, p_reason);
  if not queue_desk.may_pause(p_scope, v_subject, v_user) then
    return queue_desk.write_receipt('resume', 1, 0, '[{"reason": "no_access", "count": 1}]', null, v_detail);
  end if;
  perform pg_advisory_xact_lock(hashtext('queue_desk'), hashtext('pause'));
  if queue_desk.paused_by_another(p_scope, v_subject, v_user) then
    return queue_desk.write_receipt('resume', 1, 0, '[{"reason": "paused_by_another", "count": 1}]', null, v_detail);
  end if;
  delete from queue_desk.pause p where p.scope = p_scope and p.subject is not distinct from v_subject and (p.until is null or p.until > queue_desk.now());
  get diagnostics v_gone = row_count;
  if v_gone > 0 then
    perform queue_desk.append_ledger('resume', 'pause', coalesce(v_subject, 'all'), case when p_scope = 'lead' then v_subject::uuid end, 'paused', 'running',
      nullif(current_setting('queue_desk.reason', true), ''), jsonb_build_object('scope', p_scope));
  end if;
  return queue_desk.write_receipt('resume', 1, v_gone, case when v_gone = 0 then '[{"reason": "not_paused", "count": 1}]'::jsonb end, null, v_detail);
end $$;
