-- The group that holds the grants of every desk login. Cluster-wide, so two databases may make it at the same moment. Never a
-- member of `authenticated`: a direct login could then forge the web's claims.
do $$ begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'queue_desk_operator') then
    create role queue_desk_operator nologin;
  end if;
exception when duplicate_object or unique_violation then null;
end $$;
