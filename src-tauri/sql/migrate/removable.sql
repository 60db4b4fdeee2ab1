-- What stands against the removal: the database's name as it must be confirmed, rows in quarantine that nobody decided about, runs that
-- send now, and what others built on our schema (it would fall with it). Catalogue and two small tables. No locks.
select current_database()::text as database,
  (select count(*) from queue_desk.quarantine q where q.restored_at is null and q.decided_at is null) as undecided,
  (select count(*) from queue_desk.run r where r.finished_at is null and r.heartbeat_at > queue_desk.now() - interval '2 minutes') as running,
  array(select distinct i.type || ' ' || i.identity from pg_catalog.pg_depend d cross join lateral pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) i
    where d.deptype in ('n', 'a') and coalesce(i.schema, '') not in ('queue_desk', 'pg_toast') and i.identity !~ '(^| )(on|for|in) queue_desk\.'
      and i.identity !~ '^queue_desk_(watch|reads|limits)'
      and ((d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid in (select c.oid from pg_catalog.pg_class c where c.relnamespace = 'queue_desk'::regnamespace))
        or (d.refclassid = 'pg_catalog.pg_proc'::regclass and d.refobjid in (select p.oid from pg_catalog.pg_proc p where p.pronamespace = 'queue_desk'::regnamespace))
        or (d.refclassid = 'pg_catalog.pg_type'::regclass and d.refobjid in (select t.oid from pg_catalog.pg_type t where t.typnamespace = 'queue_desk'::regnamespace)))) as foreign_objects
