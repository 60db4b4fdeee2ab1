-- Makes a stand-in for Supabase's schema auth: the users that the CRM's foreign keys name, and auth.uid().
-- Not for a database that has auth.users: on Supabase both belong to its sign-in service.
-- Locks: nothing that exists; everything here is new.

create schema auth;

create table auth.users (
  id uuid primary key default gen_random_uuid(),
  email text,
  raw_user_meta_data jsonb,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  deleted_at timestamptz
);

-- As on Supabase: on, and no policy. Only the owner and service_role read it; foreign keys are checked as the owner.
alter table auth.users enable row level security;

-- The user of a web request, null for everybody else. A direct login can set this setting to any value: never trust it there.
create function auth.uid() returns uuid
  language sql stable
  return (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid;

grant usage on schema auth to anon, authenticated, service_role;
grant execute on function auth.uid() to anon, authenticated, service_role;
grant select on auth.users to service_role;
