-- Settles rows that point nowhere, and puts them back. The migrating login runs settle_orphans, settle_rows and map_words as itself: it
-- owns the CRM's tables; nobody else may call them. `p_edges` is what 0017_keys.sql returned: [{child, col, parent, action}].
-- Every SELECT here fails where row security would hide a row (row_security = off): a login that sees no users must not find every
-- lead an orphan.

-- Settles up to p_limit rows of one reference, those after the key p_after. Returns {found, settled, last, held: {reason: rows}}; a row
-- that cannot be settled is held, stays as it is, and the next ones are gone through. Locks: the rows that it settles.
create or replace function queue_desk.settle_orphans(p_edges jsonb, p_child text, p_col text, p_step text, p_run uuid, p_limit integer, p_after text default null)
returns jsonb language plpgsql volatile set search_path = '' set row_security = off set timezone = 'UTC' set datestyle = 'ISO' as $$
declare
  v_edge jsonb := (select e from jsonb_array_elements(p_edges) e where e ->> 'child' = p_child and e ->> 'col' = p_col);
  v_key text := queue_desk.row_key(p_child);
  v_tids tid[];
  v_tid tid;
  v_last text;
  v_settled integer := 0;
  v_why text;
  v_held jsonb := '{}';
begin
  execute format('select array_agg(o.tid order by o.n), (array_agg(o.k order by o.n desc))[1] from (select row_number() over () as n, f.* from (
      select c.ctid as tid, %1$s::text as k from %2$s c
      where c.%3$I is not null and not exists (select from %4$s p where p.id = c.%3$I) %5$s order by %1$s limit $1 for update of c skip locked) f) o',
    'c.' || coalesce(quote_ident(v_key), 'ctid'), p_child::regclass, p_col, (v_edge ->> 'parent')::regclass,
    case when v_key is not null and p_after is not null then format('and c.%I > %L', v_key, p_after) end) into v_tids, v_last using p_limit;
  if v_tids is null then
    return jsonb_build_object('found', 0, 'settled', 0, 'last', null, 'held', v_held);
  end if;
  perform queue_desk.begin_action('quarantine', 'system', null, 'points_nowhere');
  begin
    perform queue_desk.settle_rows(p_edges, p_child, v_tids, v_edge, p_step, p_run);
    v_settled := cardinality(v_tids);
  exception when others then
    -- A lock that was not free, a full disk: nothing to do with the rows.
    if sqlstate ~ '^(40|53|55P03|57|58|XX)' then
      raise;
    end if;
    -- One of them is in the way: each for itself, so that it holds up no other.
    foreach v_tid in array v_tids loop
      begin
        perform queue_desk.settle_rows(p_edges, p_child, array[v_tid], v_edge, p_step, p_run);
        v_settled := v_settled + 1;
      exception when others then
        if sqlstate ~ '^(40|53|55P03|57|58|XX)' then
          raise;
        end if;
        get stacked diagnostics v_why = constraint_name;
        -- The sentence of a foreign trigger may quote a row; ours (QD010) does not.
        v_why := case when sqlstate = 'QD010' then sqlerrm when v_why <> '' then 'constraint ' || v_why else 'the database refused it, SQLSTATE ' || sqlstate end;
        v_held := v_held || jsonb_build_object(v_why, coalesce((v_held ->> v_why)::integer, 0) + 1);
      end;
    end loop;
  end;
  return jsonb_build_object('found', cardinality(v_tids), 'settled', v_settled, 'last', case when v_key is not null then v_last end, 'held', v_held);
end $$;

-- Moves these rows, or nulls what dangles in them. p_why: their parent is being moved too, so their p_edge is about to dangle.
create or replace function queue_desk.settle_rows(p_edges jsonb, p_child text, p_tids tid[], p_edge jsonb, p_step text, p_run uuid, p_why text default null)
returns void language plpgsql volatile set search_path = '' set row_security = off set timezone = 'UTC' set datestyle = 'ISO' as $$
declare
  v_moves boolean := p_edge ->> 'action' = 'moved';
  v_reasons text;
  v_sets text;
  v_olds text;
  v_pk text;
  v_below record;
  v_tids tid[];
begin
  select string_agg(format('case when %s then %L end', d.dangles, case when d.forced then format('%s: %s', d.col, p_why) else format('%s: not in %s', d.col, d.parent) end), ', '),
    string_agg(format('%1$I = case when %2$s then null else c.%1$I end', d.col, replace(d.dangles, 'r.', 'c.')), ', ') filter (where d.action = 'fk_nulled'),
    string_agg(format('case when %s then jsonb_build_object(%L, (r).%I) else ''{}'' end', d.dangles, d.col, d.col), ' || ') filter (where d.action = 'fk_nulled')
  into v_reasons, v_sets, v_olds
  from (select e ->> 'col' as col, e ->> 'parent' as parent, e ->> 'action' as action, p_why is not null and e ->> 'col' = p_edge ->> 'col' as forced,
      case when p_why is not null and e ->> 'col' = p_edge ->> 'col' then 'true'
        else format('(r).%1$I is not null and not exists (select from %2$s p where p.id = (r).%1$I)', e ->> 'col', (e ->> 'parent')::regclass) end as dangles
    from jsonb_array_elements(p_edges) e where e ->> 'child' = p_child) d;
  select coalesce(string_agg(format('%L, (r).%I', a.attname, a.attname), ', '), '') into v_pk
  from pg_catalog.pg_index i join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey) where i.indrelid = p_child::regclass and i.indisprimary;

  if not v_moves then
    execute format('with was as materialized (select c.ctid as tid, c as r from %1$s c where c.ctid = any ($1)),
        changed as (update %1$s c set %2$s from was where c.ctid = was.tid returning was.r)
      insert into queue_desk.quarantine (run_id, step, src_schema, src_table, src_pk, row_data, row_text, action, reasons, old_values)
      select $2, $3, $4, $5, jsonb_build_object(%3$s), to_jsonb(r), r::text, ''fk_nulled'', array_remove(array[%4$s], null), %5$s from changed',
      p_child::regclass, replace(v_sets, '(c.)', '(c)'), v_pk, v_reasons, v_olds)
    using p_tids, p_run, p_step, split_part(p_child, '.', 1), split_part(p_child, '.', 2);
    return;
  end if;

  -- Whoever points to a row that is to be moved comes first: ON DELETE CASCADE would eat it, and SET NULL would forget it.
  for v_below in
    select x.child, x.col, x.edge from (
      select e ->> 'child' as child, e ->> 'col' as col, e as edge from jsonb_array_elements(p_edges) e where e ->> 'parent' = p_child
      union all
      select k.conrelid::regclass::text, a.attname::text, null from pg_catalog.pg_constraint k join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
      where k.contype = 'f' and k.confrelid = p_child::regclass and not exists (
        select from jsonb_array_elements(p_edges) e where (e ->> 'child')::regclass = k.conrelid and e ->> 'col' = a.attname and e ->> 'parent' = p_child)) x
    order by x.edge is not null
  loop
    -- A key of the CRM's own points to our tables by id, like every other here.
    execute format('select array_agg(d.tid) from (select d.ctid as tid from %1$s d where d.%2$I in (select c.id from %3$s c where c.ctid = any ($1)) for update) d',
      v_below.child::regclass, v_below.col, p_child::regclass) into v_tids using p_tids;
    if v_tids is not null and v_below.edge is null then
      raise exception 'rows of % point to it', v_below.child using errcode = 'QD010';
    elsif v_tids is not null then
      perform queue_desk.settle_rows(p_edges, v_below.child, v_tids, v_below.edge, p_step, p_run, 'its row in ' || p_child || ' was moved');
    end if;
  end loop;
  execute format('with gone as (delete from %1$s c where c.ctid = any ($1) returning c as r)
    insert into queue_desk.quarantine (run_id, step, src_schema, src_table, src_pk, row_data, row_text, action, reasons)
    select $2, $3, $4, $5, jsonb_build_object(%2$s), to_jsonb(r), r::text, ''moved'', array_remove(array[%3$s], null) from gone',
    p_child::regclass, v_pk, v_reasons)
  using p_tids, p_run, p_step, split_part(p_child, '.', 1), split_part(p_child, '.', 2);
end $$;

-- The column of a primary key of one column, null for any other.
create or replace function queue_desk.row_key(p_table text) returns text
language sql stable set search_path = '' as $$
  select a.attname::text from pg_catalog.pg_index i join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
  where i.indrelid = p_table::regclass and i.indisprimary and i.indnkeyatts = 1
$$;

-- Leads whose word breaks a check that was made NOT VALID over old rows: nobody can update them, neither the CRM nor we, until they get a
-- legal word. The old one is kept. Words that we do not know stay, and are reported by the check. Returns how many were mapped.
create or replace function queue_desk.map_words(p_step text, p_run uuid, p_limit integer) returns integer
language plpgsql volatile set search_path = '' set row_security = off set timezone = 'UTC' set datestyle = 'ISO' as $$
declare
  v_refused text := (select string_agg(format('not coalesce((%s), true)', pg_catalog.pg_get_expr(k.conbin, k.conrelid)), ' or ') from pg_catalog.pg_constraint k
    join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attname = 'status'
    where k.contype = 'c' and not k.convalidated and k.conrelid = 'public.leads'::regclass and a.attnum = any (k.conkey));
  v_count integer := 0;
begin
  if v_refused is null then
    return 0;
  end if;
  perform queue_desk.begin_action('quarantine', 'system', null, 'word_not_legal');
  execute format($q$with word (old, new) as (values
      ('pre-qualified', 'new'), ('lead', 'new'), ('prospect', 'new'), ('hook', 'contacted'), ('value-proposition', 'contacted'), ('questions-asked', 'contacted'), ('engaged', 'contacted'),
      ('human_taken', 'contacted'), ('human_controlled', 'contacted'), ('email_sent', 'contacted'), ('booked', 'qualified'), ('clarifying', 'qualified'), ('meeting-scheduled', 'qualified'),
      ('demo', 'qualified'), ('intent', 'interest'), ('interested', 'interest'), ('evaluation', 'consideration'), ('purchase_ready', 'hot'), ('follow-up', 'follow_up'), ('callback', 'follow_up'),
      ('on-hold', 'inactive'), ('waiting', 'pending'), ('customer', 'converted'), ('won', 'closed_won'), ('lost', 'closed_lost'), ('dead', 'closed_lost'), ('not_interested', 'closed_lost')),
    -- Two names for the row: the check's own text speaks of bare columns.
    bad as materialized (select leads.ctid as tid, leads as r, coalesce((select w.new from word w where w.old = lower(leads.status)), lower(leads.status)) as new
      from public.leads where (%1$s) and (exists (select from word w where w.old = lower(leads.status)) or leads.status <> lower(leads.status)) limit $1 for update skip locked),
    -- The database itself says whether the new word would do.
    good as (select b.* from bad b cross join lateral jsonb_populate_record(b.r, jsonb_build_object('status', b.new)) as leads where not (%1$s)),
    changed as (update public.leads l set status = g.new from good g where l.ctid = g.tid returning g.r, g.new)
    insert into queue_desk.quarantine (run_id, step, src_schema, src_table, src_pk, row_data, row_text, action, reasons, old_values, new_values)
    select $2, $3, 'public', 'leads', jsonb_build_object('id', (r).id), to_jsonb(r), r::text, 'value_mapped', array['status: the check refuses ' || (r).status], jsonb_build_object('status', (r).status), jsonb_build_object('status', new) from changed$q$,
    v_refused) using p_limit, p_run, p_step;
  get diagnostics v_count = row_count;
  return v_count;
end $$;

-- Whoever may decide about rows in quarantine: admins, and the owner of this schema. Raises QD002.
create or replace function queue_desk.deciding() returns void
language plpgsql stable security definer set search_path = '' as $$
begin
  if not queue_desk.is_admin() and not pg_has_role(session_user, (select n.nspowner from pg_catalog.pg_namespace n where n.nspname = 'queue_desk'), 'MEMBER') then
    raise exception 'Only an admin may decide about rows in quarantine. Nothing was changed.' using errcode = 'QD002', hint = 'Ask an admin.';
  end if;
end $$;

-- What is in quarantine, without what the rows say; newest first. `restorable`: what it points to exists again, or it points nowhere; for
-- a word: nobody wrote another since, and no check refuses the old one.
create or replace function queue_desk.quarantine_list(p_open_only boolean, p_before bigint, p_limit integer)
returns table (id bigint, at timestamptz, step text, src_table text, src_pk jsonb, action text, reasons text[], state text, restorable boolean, decided_by text)
language plpgsql stable security definer set search_path = '' as $$
begin
  perform queue_desk.deciding();
  return query select q.id, q.at, q.step, q.src_schema || '.' || q.src_table, q.src_pk, q.action, q.reasons,
    case when q.restored_at is not null then 'restored' when q.decided_at is not null then 'kept' else 'open' end,
    q.restored_at is null and queue_desk.is_restorable(q), coalesce(q.restored_by, q.decided_by)
  from queue_desk.quarantine q where (not p_open_only or (q.restored_at is null and q.decided_at is null)) and (p_before is null or q.id < p_before)
  order by q.id desc limit least(p_limit, 1000);
end $$;

create or replace function queue_desk.is_restorable(q queue_desk.quarantine) returns boolean
language plpgsql stable security definer set search_path = '' as $$
declare
  v_table regclass := to_regclass(format('%I.%I', q.src_schema, q.src_table));
  v_key record;
  v_there boolean;
begin
  if q.row_data = '{"erased": true}' then
    return false;
  elsif q.action = 'value_mapped' then
    -- Bare columns of the checks are those of the row as it would be.
    execute (select format('select exists (select from (select (jsonb_populate_record(c, $1)).* from %1$s c where %2$s and %3$s) after where %4$s)', v_table,
        (select string_agg(format('c.%1$I = (jsonb_populate_record(null::%2$s, $3)).%1$I', pk, v_table), ' and ') from jsonb_object_keys(q.src_pk) pk),
        (select string_agg(format('c.%1$I is not distinct from (jsonb_populate_record(null::%2$s, $2)).%1$I', k, v_table), ' and ') from jsonb_object_keys(q.old_values) k),
        coalesce((select string_agg(format('coalesce((%s), true)', pg_catalog.pg_get_expr(k.conbin, k.conrelid)), ' and ')
          from pg_catalog.pg_constraint k where k.contype = 'c' and k.conrelid = v_table), 'true')))
      into v_there using q.old_values, q.new_values, q.src_pk;
    return v_there;
  end if;
  for v_key in
    select a.attname, k.confrelid::regclass as parent, p.attname as parent_col from pg_catalog.pg_constraint k
    join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1] join pg_catalog.pg_attribute p on p.attrelid = k.confrelid and p.attnum = k.confkey[1]
    where k.contype = 'f' and k.conrelid = v_table and cardinality(k.conkey) = 1
      and (q.action = 'moved' or q.old_values ? a.attname)
  loop
    if q.row_data ->> v_key.attname is not null then
      execute format('select exists (select from %s p where p.%I::text = $1)', v_key.parent, v_key.parent_col) into v_there using q.row_data ->> v_key.attname;
      if not v_there then
        return false;
      end if;
    end if;
  end loop;
  return true;
end $$;

-- Puts rows back: a moved row is inserted again as it was, a nulled or mapped value is written where nobody wrote another since. Null
-- puts back whatever can be and nobody decided to keep. A row whose parent is still missing stays. Returns a receipt.
create or replace function queue_desk.restore_quarantined(p_ids bigint[]) returns jsonb
language plpgsql volatile security definer set search_path = '' set timezone = 'UTC' set datestyle = 'ISO' as $$
declare
  q queue_desk.quarantine;
  v_table regclass;
  v_done integer := 0;
  v_asked integer := 0;
  v_rows integer;
  v_why text;
  v_skipped jsonb := '{}';
begin
  perform queue_desk.deciding();
  perform queue_desk.begin_action('quarantine_restore', 'person', null);
  -- Parents before children: the last ones moved were the parents.
  for q in select * from queue_desk.quarantine x where x.restored_at is null and (case when p_ids is null then x.decided_at is null else x.id = any (p_ids) end) order by x.id desc for update loop
    v_asked := v_asked + 1;
    v_table := to_regclass(format('%I.%I', q.src_schema, q.src_table));
    begin
      v_why := null;
      if q.row_data = '{"erased": true}' then
        v_why := 'erased';
      elsif q.action = 'moved' then
        execute (select format('insert into %1$s (%2$s) overriding system value select %2$s from (select (r).* from (select %3$s as r) x) y', v_table,
            string_agg(quote_ident(a.attname), ', ' order by a.attnum),
            -- The text is exact; where the table changed its columns since, the names decide.
            case when count(*) filter (where a.atttypid = 'json'::regtype) > 0
                and array_agg(a.attname::text order by a.attname::text) <@ array(select jsonb_object_keys(q.row_data)) then '$2::' || v_table else format('jsonb_populate_record(null::%s, $1)', v_table) end)
          from pg_catalog.pg_attribute a where a.attrelid = v_table and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') using q.row_data, q.row_text;
      else
        execute (select format('update %1$s c set %2$s where %3$s and (%4$s)', v_table,
            string_agg(format('%1$I = (jsonb_populate_record(null::%2$s, $1)).%1$I', k, v_table), ', '),
            (select string_agg(format('c.%1$I = (jsonb_populate_record(null::%2$s, $2)).%1$I', pk, v_table), ' and ') from jsonb_object_keys(q.src_pk) pk),
            case q.action when 'fk_nulled' then string_agg(format('c.%I is null', k), ' and ')
              else string_agg(format('c.%1$I is not distinct from (jsonb_populate_record(null::%2$s, $3)).%1$I', k, v_table), ' and ') end)
          from jsonb_object_keys(q.old_values) k) using q.old_values, q.src_pk, q.new_values;
        get diagnostics v_rows = row_count;
        v_why := case when v_rows = 0 then 'changed_since' end;
      end if;
    exception
      when foreign_key_violation then v_why := 'parent_missing';
      when unique_violation then v_why := 'already_there';
      when check_violation or not_null_violation then v_why := 'refused_by_check';
      when others then v_why := 'refused_' || lower(sqlstate);
    end;
    if v_why is null then
      v_done := v_done + 1;
      update queue_desk.quarantine x set restored_at = clock_timestamp(), restored_by = session_user where x.id = q.id;
    else
      v_skipped := v_skipped || jsonb_build_object(v_why, coalesce((v_skipped ->> v_why)::integer, 0) + 1);
    end if;
  end loop;
  return queue_desk.write_receipt('quarantine_restore', v_asked, v_done,
    (select jsonb_agg(jsonb_build_object('reason', k, 'count', v::integer)) from jsonb_each_text(v_skipped) x (k, v)), null, null);
end $$;

-- Decides that rows stay in quarantine: nobody is asked again. Null: all that are open. Returns a receipt.
create or replace function queue_desk.keep_quarantined(p_ids bigint[]) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_done integer;
  v_asked integer := coalesce(cardinality(p_ids), (select count(*)::integer from queue_desk.quarantine q where q.restored_at is null and q.decided_at is null));
begin
  perform queue_desk.deciding();
  perform queue_desk.begin_action('quarantine_keep', 'person', null);
  update queue_desk.quarantine q set decided_at = clock_timestamp(), decided_by = session_user
  where q.restored_at is null and q.decided_at is null and (p_ids is null or q.id = any (p_ids));
  get diagnostics v_done = row_count;
  return queue_desk.write_receipt('quarantine_keep', v_asked, v_done,
    case when v_asked > v_done then jsonb_build_array(jsonb_build_object('reason', 'unchanged', 'count', v_asked - v_done)) end, null, null);
end $$;
