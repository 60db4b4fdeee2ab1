-- One row of each kind for the matrix. A row's id ends with its letter, so that a cell can say which rows somebody reached:
--   o  Amir's own, at the client that he shares with Noa      c  colleague Noa's, same client
--   x  Dana's, at another client                              n  nobody's (no user), at the shared client
--   p  no client: the shared pool                             j  another client's, in a project that Amir works in
--   m  another client's, a lead that Amir was given           h  no client of its own, but its lead is another client's
--   z  no lead, no client, nobody's                           w  the web user Wael's, who is no operator
--   v  a client that is Amir's by its own column              r  Rami's, who was retired
--   t  a message that names another client than its lead, the shared client's lead c
create function pg_temp.id(letter text) returns uuid language sql as
$$ select ('00000000-0000-4000-8000-0000000000' || to_hex(ascii(letter)))::uuid $$;

insert into auth.users (id) select pg_temp.id(u) from unnest('{A,N,D,R,W}'::text[]) u;
insert into queue_desk.operator (user_id, name, active) values (pg_temp.id('A'), 'Amir', true), (pg_temp.id('N'), 'Noa', true), (pg_temp.id('D'), 'Dana', true), (pg_temp.id('R'), 'Rami', false);
insert into queue_desk.login (db_role, user_id, admin, runner) values ('desk', pg_temp.id('N'), true, true), ('desk_2', pg_temp.id('A'), false, false),
  ('desk_3', pg_temp.id('D'), false, false), ('runner', null, false, true), ('retired', pg_temp.id('R'), true, true), ('read_only', pg_temp.id('A'), false, false);
-- Always a Tuesday at half past nine in Jerusalem, half past four in Tokyo: everybody is open.
update queue_desk.instance set kind = 'sample', clock_offset = timestamptz '2026-12-01 07:30:00+00' - clock_timestamp();

insert into public.clients (id, name, user_id) values (pg_temp.id('o'), 'Shared', null), (pg_temp.id('x'), 'Another', null), (pg_temp.id('v'), 'Amir''s', pg_temp.id('A'));
insert into public.client_members (id, user_id, client_id) values (pg_temp.id('o'), pg_temp.id('A'), pg_temp.id('o')), (pg_temp.id('c'), pg_temp.id('N'), pg_temp.id('o')),
  (pg_temp.id('x'), pg_temp.id('D'), pg_temp.id('x')), (pg_temp.id('r'), pg_temp.id('R'), pg_temp.id('o'));
insert into public.projects (id, name, client_id) values (pg_temp.id('o'), 'Shared', pg_temp.id('o')), (pg_temp.id('x'), 'Another', pg_temp.id('x')), (pg_temp.id('j'), 'Joined', pg_temp.id('x'));
insert into public.project_members (id, project_id, user_id) values (pg_temp.id('o'), pg_temp.id('j'), pg_temp.id('A')), (pg_temp.id('x'), pg_temp.id('x'), pg_temp.id('D'));
insert into public.profiles (id, full_name) values (pg_temp.id('A'), 'Amir'), (pg_temp.id('N'), 'Noa');
insert into public.leads (id, first_name, phone, status, client_id, current_project_id) values
  (pg_temp.id('o'), 'O', '+972541000001', 'new', pg_temp.id('o'), null), (pg_temp.id('c'), 'C', '+972541000002', 'new', pg_temp.id('o'), null),
  (pg_temp.id('x'), 'X', '+972541000003', 'new', pg_temp.id('x'), null), (pg_temp.id('p'), 'P', '+972541000004', 'new', null, null),
  (pg_temp.id('j'), 'J', '+972541000005', 'new', pg_temp.id('x'), pg_temp.id('j')), (pg_temp.id('m'), 'M', '+972541000006', 'new', pg_temp.id('x'), null);
insert into public.lead_members (id, lead_id, user_id) values (pg_temp.id('o'), pg_temp.id('m'), pg_temp.id('A')), (pg_temp.id('x'), pg_temp.id('x'), pg_temp.id('D'));
insert into public.whatsapp_message_queue (id, lead_id, user_id, client_id, queue_position, message_content, recipient_phone, scheduled_for)
  select pg_temp.id(k), pg_temp.id(l), pg_temp.id(u), pg_temp.id(c), 1, 'Hello', '+97254100000' || ascii(k) % 10, queue_desk.now() - interval '1 minute'
  from (values ('o', 'o', 'A', 'o'), ('c', 'c', 'N', 'o'), ('x', 'x', 'D', 'x'), ('n', 'c', null, 'o'), ('j', 'j', 'D', 'x'), ('p', 'p', 'D', null), ('h', 'x', 'D', null), ('z', null, null, null),
    ('m', 'm', 'D', 'x'), ('t', 'c', null, 'x')) m (k, l, u, c);
insert into public.lead_processing_queue (id, lead_id, user_id, client_id, queue_position)
  select m.id, m.lead_id, m.user_id, m.client_id, 1 from public.whatsapp_message_queue m;
-- Open around the clock, so that the table says the same at every hour.
insert into public.user_queue_settings (id, user_id, work_days, advanced)
  select pg_temp.id(k), pg_temp.id(u), format('{"enabled": false, "business_hours": {"timezone": "%s"}}', z)::jsonb, '{"quiet_hours": {"start": "00:00", "end": "24:00"}}'
  from (values ('o', 'A', 'Asia/Jerusalem'), ('c', 'N', 'Asia/Jerusalem'), ('x', 'D', 'Asia/Tokyo'), ('r', 'R', 'Asia/Jerusalem'), ('w', 'W', 'Asia/Jerusalem')) s (k, u, z);
insert into public.queue_performance_metrics (id, user_id) values (pg_temp.id('o'), pg_temp.id('A')), (pg_temp.id('c'), pg_temp.id('N')), (pg_temp.id('x'), pg_temp.id('D'));

-- Ours: rows about the colleague and about the other client.
insert into queue_desk.adopted (message_id) select m.id from public.whatsapp_message_queue m where m.id <> pg_temp.id('h');
insert into queue_desk.lead_gate (lead_id, owner) values (pg_temp.id('m'), pg_temp.id('D'));
insert into queue_desk.opt_out (lead_id, source) values (pg_temp.id('j'), 'test');
insert into queue_desk.pause (scope, subject) values ('lead', pg_temp.id('x')::text);
insert into queue_desk.run (id, worker_id, login, as_user, sender, started_at, heartbeat_at, request_timeout)
  values (pg_temp.id('x'), pg_temp.id('x'), 'desk_3', pg_temp.id('D'), 'dry-run', queue_desk.now(), queue_desk.now(), '2 seconds');
insert into queue_desk.delivery (message_id, attempt, lead_id, user_id, client_id, run_id, worker_id, sender, claimed_at, heartbeat_at)
  values (pg_temp.id('h'), 1, pg_temp.id('x'), pg_temp.id('D'), pg_temp.id('x'), pg_temp.id('x'), pg_temp.id('x'), 'dry-run', queue_desk.now(), queue_desk.now());
insert into queue_desk.delivery (message_id, attempt, lead_id, user_id, client_id, sender, claimed_at, dispatched_at, finished_at, outcome)
  select gen_random_uuid(), 1, pg_temp.id(l), pg_temp.id(u), pg_temp.id(c), 'fake', queue_desk.now() - interval '9 days', queue_desk.now() - interval '9 days', queue_desk.now() - interval '9 days', 'sent'
  from (values ('o', 'A', 'o'), ('c', 'N', 'o'), ('x', 'D', 'x'), ('j', 'D', 'x'), ('p', 'D', null), ('h', 'D', null)) d (l, u, c);
insert into queue_desk.limit_window (scope, subject, starts_at) values ('operator_day', pg_temp.id('D'), now());
insert into queue_desk.limit_pace (scope, subject, tat) values ('number', '1', now());
insert into queue_desk.plan (id, by, as_user, day, fingerprint, receipt_id) values (pg_temp.id('x'), pg_temp.id('D'), pg_temp.id('D'), current_date, '', pg_temp.id('x'));
insert into queue_desk.plan_item (plan_id, lead_id, user_id, message_id, slot, position) values (pg_temp.id('x'), pg_temp.id('x'), pg_temp.id('D'), pg_temp.id('x'), now(), 1);
insert into queue_desk.stage_outbox (lead_id, stage, new_word) values (pg_temp.id('x'), 'queued', 'pending');
insert into queue_desk.quarantine (run_id, step, src_schema, src_table, src_pk, row_data, row_text, action, reasons) values (pg_temp.id('x'), 'x', 'public', 'leads', '{}', '{}', '', 'moved', '{}');
insert into queue_desk.ledger_gap (place, error) values ('x', '00000');
insert into queue_desk.queue_ledger (login, user_id, actor_kind, action, entity, entity_id, receipt_id, reason, detail)
  values ('desk_3', pg_temp.id('D'), 'person', 'cancel', 'receipt', pg_temp.id('x')::text, pg_temp.id('x'), 'Dana asked them', '{}');
insert into queue_desk.queue_ledger (login, user_id, actor_kind, action, entity, entity_id, lead_id, to_state, receipt_id, detail)
  values ('desk', pg_temp.id('N'), 'person', 'erase', 'erasing', pg_temp.id('c')::text, pg_temp.id('c'), 'begun', pg_temp.id('e'),
    jsonb_build_object('lead_ids', array[pg_temp.id('c')], 'phone', true, 'cancelled_messages', 0));
insert into queue_desk.ledger_seal (ledger_id, seq, hash) select min(l.id), 1, '' from queue_desk.queue_ledger l;
