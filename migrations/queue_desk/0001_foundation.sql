-- Schema queue_desk: which database this is, who the operators are, and which login is whom.
-- Locks: none on existing tables.
create schema if not exists queue_desk;
revoke all on schema queue_desk from public;

-- One row: the database itself. `sample` is set only by the sample generator; nothing is ever sent from a sample database.
-- The secret salts phone hashes; desks may not read it (0006 grants the other columns only).
create table queue_desk.instance (
  id boolean primary key default true check (id),
  kind text not null default 'live' check (kind in ('sample', 'live')),
  settings jsonb not null default '{}',
  secret bytea not null default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
  clock_offset interval not null default '0',
  sample_resets integer not null default 0,
  going_live_at timestamptz,
  going_live_by uuid,
  check (kind = 'sample' or clock_offset = '0')
);
insert into queue_desk.instance default values;

-- People who work the queue. user_id is an auth.users id; user_id in the queue tables is always one of these, never a client.
create table queue_desk.operator (
  user_id uuid primary key,
  name text not null check (btrim(name) <> ''),
  active boolean not null default true
);

-- Database logins. A server's runner has no operator. Admin lets a login change settings and act for others; it does not
-- widen the rows that it may read.
create table queue_desk.login (
  db_role text primary key,
  user_id uuid references queue_desk.operator (user_id),
  admin boolean not null default false,
  runner boolean not null default false,
  active boolean not null default true
);
