-- Removes the sample leads; lead_members and whatever else hangs on them go by their foreign keys.
-- Locks those rows. Scans leads: all of them are ours.
delete from public.leads where lead_metadata -> 'sample' = 'true'
