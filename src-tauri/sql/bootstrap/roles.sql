-- The roles of a Supabase project, as far as policies and grants name them, and the two of ours.
-- Run by the superuser at every start, by one client at a time; makes what is missing.
do $$
begin
  if to_regrole('postgres') is null then
    create role postgres login nosuperuser bypassrls createrole createdb;
  end if;
  if to_regrole('anon') is null then
    create role anon nologin;
  end if;
  if to_regrole('authenticated') is null then
    create role authenticated nologin;
  end if;
  if to_regrole('service_role') is null then
    create role service_role nologin bypassrls;
  end if;
  if to_regrole('authenticator') is null then
    create role authenticator login noinherit;
  end if;
  -- Holds every grant of a desk. Never a member of authenticated: whoever is could pretend to be any web user.
  if to_regrole('queue_desk_operator') is null then
    create role queue_desk_operator nologin;
  end if;
  if to_regrole('desk') is null then
    create role desk login;
  end if;

  grant anon, authenticated, service_role to authenticator;
  -- As on Supabase, where the owner may act as any of them.
  grant anon, authenticated, service_role to postgres;
  -- As on Supabase too: it sees since when others are connected.
  grant pg_monitor to postgres;
  grant queue_desk_operator to postgres with admin option;
  grant queue_desk_operator to desk;
end
$$;
