-- The group of the desks, where it has no member and no right in another database left. It belongs to the whole cluster. No locks.
do $$ begin
  if exists (select from pg_catalog.pg_roles r where r.rolname = 'queue_desk_operator')
      and not exists (select from pg_catalog.pg_auth_members m join pg_catalog.pg_roles r on r.oid = m.roleid join pg_catalog.pg_roles w on w.oid = m.member
        where r.rolname = 'queue_desk_operator' and w.rolname <> session_user) then
    drop role queue_desk_operator;
  end if;
exception when dependent_objects_still_exist or insufficient_privilege or object_in_use then null;
end $$
