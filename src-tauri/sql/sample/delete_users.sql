-- Removes the sample operators' users; profile, settings, figures and what is left in the queues go by their foreign keys.
-- Locks those rows. Scans auth.users.
delete from auth.users where raw_user_meta_data -> 'sample' = 'true'
