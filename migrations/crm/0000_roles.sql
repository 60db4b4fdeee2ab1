-- Makes the three roles that a Supabase project has, where they are missing: anon, authenticated, service_role.
-- Locks: none on tables. Roles belong to the whole cluster, so two databases may create them at the same moment: the
-- loser finds a duplicate (the role is there) or the unique index of pg_authid (it is just being made); both are fine.
--
-- service_role passes row security (BYPASSRLS). Before Postgres 16 only a superuser may give that away; there a plain owner
-- gets service_role without it, which shows the web's servers no rows until a superuser runs `alter role`.

do $$
begin
  if to_regrole('anon') is null then
    create role anon nologin;
  end if;
exception when duplicate_object or unique_violation then null;
end $$;

do $$
begin
  if to_regrole('authenticated') is null then
    create role authenticated nologin;
  end if;
exception when duplicate_object or unique_violation then null;
end $$;

do $$
begin
  if to_regrole('service_role') is null then
    create role service_role nologin bypassrls;
  end if;
exception
  when duplicate_object or unique_violation then null;
  when insufficient_privilege then
    begin
      create role service_role nologin;
    exception when duplicate_object or unique_violation then null;
    end;
end $$;
