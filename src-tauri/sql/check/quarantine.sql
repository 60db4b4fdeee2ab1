-- O3: rows that were moved away and that nobody has decided about, by table. Reads queue_desk.quarantine where it is there, through
-- query_to_xml, because it is made by a later step. Runs with row_security off. No locks.
with there as (select coalesce(to_regclass('queue_desk.quarantine') is not null, false) as yes),
counted as (
  select (xpath('//n/text()', x.doc))[1]::text::bigint as waiting, (xpath('//tabs/text()', x.doc))[1]::text as tabs, (xpath('//ids/text()', x.doc))[1]::text as ids
  from there t cross join lateral (select case when t.yes then query_to_xml(
    'select count(*) as n, string_agg(distinct q.src_schema || ''.'' || q.src_table, '', '') as tabs, array_to_string((array_agg(q.id::text order by q.id))[1:5], '','') as ids
     from queue_desk.quarantine q where q.restored_at is null and q.decided_at is null', true, true, '') end as doc) x)
select 'O3' as id, 'info' as level, case when c.waiting > 0 then 'fail' else 'pass' end as status, 'queue_desk.quarantine' as object, 'No row waits in quarantine' as title,
  case when c.waiting > 0 then format('%s rows of %s were moved aside and wait for a person: put back, or kept away.', c.waiting, c.tabs)
    when not t.yes then 'Nothing was ever moved aside here.' else 'Every row that was moved aside was decided about.' end as why,
  coalesce(c.waiting, 0) as count, coalesce(string_to_array(c.ids, ','), '{}') as sample, 'select id, src_table, action, reasons from queue_desk.quarantine where restored_at is null and decided_at is null' as sql,
  'all rows of the quarantine' as scope, 'Look at them; a row can be put back as soon as what it points to exists again.' as fix
from there t cross join counted c
