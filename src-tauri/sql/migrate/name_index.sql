-- The index that drop_invalid_index is about. No locks.
select set_config('queue_desk.index', $1, false)
