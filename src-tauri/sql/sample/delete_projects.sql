-- Removes the sample projects, before their clients: the foreign key would set their client to null, which it may not be.
-- Locks those rows. Scans projects.
delete from public.projects where metadata -> 'sample' = 'true'
