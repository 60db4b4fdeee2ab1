-- Removes the sample clients; their memberships go by the foreign key. Locks those rows. Scans clients.
delete from public.clients where contact_info -> 'sample' = 'true'
