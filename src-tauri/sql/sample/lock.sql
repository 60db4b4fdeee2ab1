-- One sample at a time: locks the row of `instance` (FOR UPDATE) until commit. No index: one row.
select from queue_desk.instance for update
