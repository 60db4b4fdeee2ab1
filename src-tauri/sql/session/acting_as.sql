-- Whether the caller may act for this operator ($1): raises where not. The caller's own id is allowed to everybody. No locks; primary keys.
select queue_desk.acting_as($1)
