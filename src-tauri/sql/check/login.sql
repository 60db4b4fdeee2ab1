-- K2: whether the login that acts ($1) is mapped to an active operator. Reads queue_desk.login and operator. No locks.
with mapped as (
  select l.active, l.runner, l.user_id, o.name, o.active as operator_active
  from (select $1::text as db_role) me left join queue_desk.login l on l.db_role = me.db_role left join queue_desk.operator o on o.user_id = l.user_id),
judged as (
  select m.*, coalesce(m.active and (m.operator_active or (m.runner and m.user_id is null)), false) as fine,
    -- Who owns the schema checks and migrates, and needs no operator for that.
    exists (select from pg_namespace n where n.nspname = 'queue_desk' and n.nspowner = (select r.oid from pg_roles r where r.rolname = $1)) as is_owner
  from mapped m)
select 'K2' as id, case when j.is_owner then 'info' else 'error' end as level, case when j.fine then 'pass' else 'fail' end as status,
  format('login %I', $1::text) as object, 'The login is mapped to an operator' as title,
  case when j.fine and j.user_id is null then 'This login is a runner: it sends for everybody and queues for nobody.'
    when j.fine then format('This login acts as %s.', j.name)
    when j.active is null then 'Nobody said which operator this login is: every action answers no_operator.'
    when not j.active then 'This login was switched off in the list of logins: every action answers no_operator.'
    when j.user_id is null then 'This login is mapped to nobody: every action answers no_operator.'
    else format('The operator %s is not active: every action answers no_operator.', j.name) end as why,
  '{prepare,run,take}'::text[] as blocks, 'select * from queue_desk.login where db_role = ' || quote_literal($1::text) as sql, 'one login' as scope,
  'An admin maps it: insert into queue_desk.login (db_role, user_id) values (' || quote_literal($1::text) || ', <an id of queue_desk.operator>)' as fix
from judged j
