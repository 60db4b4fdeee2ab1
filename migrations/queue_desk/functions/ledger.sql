-- What the triggers need to know about the action that caused a row change. GUCs are correlation only: without them a change is
-- foreign. Local to the transaction. Returns the receipt's id.
create or replace function queue_desk.begin_action(p_action text, p_actor text, p_as_user uuid, p_reason text default null) returns uuid
language sql volatile security definer set search_path = '' as $$
  select set_config('queue_desk.action', p_action, true), set_config('queue_desk.actor', p_actor, true),
    set_config('queue_desk.as_user', coalesce(p_as_user::text, ''), true), set_config('queue_desk.reason', coalesce(p_reason, ''), true);
  select set_config('queue_desk.receipt', gen_random_uuid()::text, true)::uuid
$$;

create or replace function queue_desk.append_ledger(p_action text, p_entity text, p_entity_id text, p_lead uuid, p_from text, p_to text, p_reason text, p_detail jsonb)
returns bigint language sql volatile security definer set search_path = '' as $$
  insert into queue_desk.queue_ledger (login, user_id, as_user, actor_kind, action, entity, entity_id, lead_id, from_state, to_state, reason, receipt_id, detail)
  values (session_user, queue_desk.current_user_id(), nullif(current_setting('queue_desk.as_user', true), '')::uuid,
    coalesce(nullif(current_setting('queue_desk.actor', true), ''), 'foreign'), p_action, p_entity, p_entity_id, p_lead, p_from, p_to,
    p_reason, nullif(current_setting('queue_desk.receipt', true), '')::uuid, p_detail)
  returning id
$$;

-- Changes of messages that are no change of state, in one statement: [{id, lead_id, from, to}].
create or replace function queue_desk.append_changes(p_action text, p_reason text, p_changes jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_me uuid := queue_desk.current_user_id();
begin
  insert into queue_desk.queue_ledger (login, user_id, as_user, actor_kind, action, entity, entity_id, lead_id, reason, receipt_id, detail)
  select session_user, v_me, nullif(current_setting('queue_desk.as_user', true), '')::uuid, current_setting('queue_desk.actor', true), p_action, 'message',
    c.id::text, c.lead_id, p_reason, current_setting('queue_desk.receipt', true)::uuid, jsonb_build_object('from', c."from", 'to', c."to")
  from jsonb_to_recordset(p_changes) c (id uuid, lead_id uuid, "from" jsonb, "to" jsonb);
end $$;

-- The actions whose receipt Undo accepts.
create or replace function queue_desk.undoable_actions() returns text[]
language sql immutable set search_path = '' as $$
  select '{prepare,take,cancel,reschedule,set_priority,assign,opt_out,adopt,pause}'::text[]
$$;

-- Wakes the desks that listen: something is in the ledger. The payload is empty, so that nothing personal can be in it and a transaction
-- wakes once, whatever it did; what changed, each desk reads in the ledger. NOTIFY makes the commits of the whole server wait for each
-- other (8 writers: 1,460 commits a second become 230). So only what a person does nudges, at the end of its receipt; the sending
-- loop commits all the time and has its process nudge twice a second; other programs are never slowed down, desks find them by looking.
create or replace function queue_desk.nudge() returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  -- A listener that hangs lets the server's queue fill up, and a full one fails its writers at commit.
  if pg_notification_queue_usage() < 0.5 then
    perform pg_notify('queue_desk', '');
  end if;
end $$;

-- The receipt: the last ledger row of an action, in its transaction. Returns it with its own ledger id filled in. The row also holds the session
-- of the connection (src-tauri/sql/session/set_up_writer.sql), by which a desk that did not hear the answer finds it.
create or replace function queue_desk.write_receipt(p_action text, p_asked integer, p_changed integer, p_skipped jsonb, p_failed jsonb, p_detail jsonb)
returns jsonb language plpgsql volatile security definer set search_path = '' as $$
declare
  v_receipt jsonb := jsonb_build_object('action', p_action, 'asked', p_asked, 'changed', p_changed, 'skipped', coalesce(p_skipped, '[]'),
    'failed', coalesce(p_failed, '[]'), 'receipt_id', current_setting('queue_desk.receipt'), 'detail', coalesce(p_detail, '{}')
      || case when p_changed > 0 and p_action = any (queue_desk.undoable_actions()) then '{"undoable": true}' else '{}' end::jsonb);
  v_id bigint;
begin
  v_id := queue_desk.append_ledger(p_action, 'receipt', current_setting('queue_desk.receipt'), (p_detail ->> 'lead_id')::uuid, null, null,
    nullif(current_setting('queue_desk.reason', true), ''),
    v_receipt || jsonb_strip_nulls(jsonb_build_object('session', nullif(current_setting('queue_desk.session', true), ''))));
  perform queue_desk.nudge();
  return v_receipt || jsonb_build_object('ledger_id', v_id::text);
end $$;

-- When a row was written, by the database's clock as it stood then. Only a sample's clock is ever moved, and each move is a row. So the
-- ledger, the deliveries and the slots of one day are told in one time. Index: queue_ledger_instance.
create or replace function queue_desk.told_at(p_id bigint, p_at timestamptz) returns timestamptz
language sql stable as $$
  select p_at + coalesce((select (c.detail ->> 'to')::timestamptz - c.at from queue_desk.queue_ledger c
    where c.entity = 'instance' and c.id < p_id order by c.id desc limit 1), interval '0')
$$;
