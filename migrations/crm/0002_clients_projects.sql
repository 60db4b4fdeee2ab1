-- Makes who works for whom: clients (the companies that we work for), their projects, the members of both, and profiles.
-- Locks: auth.users (SHARE ROW EXCLUSIVE, by the foreign keys: sign-ins wait until commit); the rest is new.
--
-- Here and in the files that follow: columns, checks, keys and ON DELETE are the source CRM's. Where its dump is silent a
-- column is nullable and has no default, except id (gen_random_uuid()) and created_at, updated_at, joined_at (now()).
-- Constraints bear the names that Postgres gives them, because programs test for those.

create type public.processing_state_enum as enum
  ('pending', 'queued', 'active', 'completed', 'failed', 'archived', 'rate_limited');

create table public.clients (
  id uuid primary key default gen_random_uuid(),
  name varchar(255) not null,
  description text,
  status varchar(50) default 'ACTIVE' check (status in ('ACTIVE', 'INACTIVE')),
  contact_info jsonb default '{}',
  whatsapp_number_id varchar(255),
  whatsapp_phone_number varchar(50),
  processing_state public.processing_state_enum not null default 'pending',
  user_id uuid references auth.users (id),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- client_id is NOT NULL and ON DELETE SET NULL at once, as in the source: deleting a client that has projects fails.
create table public.projects (
  id uuid primary key default gen_random_uuid(),
  name varchar(255) not null,
  description text,
  client_id uuid not null references public.clients (id) on delete set null,
  status varchar(50) default 'active'
    check (lower(status) in ('active', 'inactive', 'archived', 'completed', 'pending', 'draft')),
  settings jsonb,
  metadata jsonb,
  processing_state public.processing_state_enum,
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

-- role has no check in the source: OWNER, ADMIN, MEMBER, member and admin all occur.
create table public.client_members (
  id uuid primary key default gen_random_uuid(),
  user_id uuid references auth.users (id) on delete cascade,
  client_id uuid not null references public.clients (id) on delete cascade,
  role varchar(50) default 'member',
  permissions jsonb,
  joined_at timestamptz default now(),
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  unique (user_id, client_id)
);

create table public.project_members (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references public.projects (id) on delete cascade,
  user_id uuid references auth.users (id) on delete cascade,
  role text not null default 'OWNER' check (role in ('OWNER', 'ADMIN', 'MEMBER')),
  unique (project_id, user_id)
);

-- A user may have no profile (the source's sign-up trigger fails quietly), so nothing may depend on one.
create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  full_name text,
  email text,
  phone text,
  avatar_url text,
  website text,
  role text default 'user' check (role in ('user', 'admin')),
  status text default 'active',
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);
