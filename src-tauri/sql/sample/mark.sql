-- Marks the database as a sample whose phones are Israeli, with the real time. $1: how often the sample was emptied.
-- Locks: the row of `instance`, which lock.sql holds already.
update queue_desk.instance
set kind = 'sample', clock_offset = '0', sample_resets = $1, settings = settings || '{"phone_region": "IL"}'
