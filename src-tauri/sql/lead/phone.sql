-- A lead's phone and the regions it may be read in; null without access. Locks: none. Index: primary keys.
select queue_desk.lead_phone($1, $2)
