-- The schema with everything in it; what others built on it was looked for before. Locks: ours only.
drop schema if exists queue_desk cascade
