-- Run in the database queue_desk: its owner owns the schema that the CRM's tables live in.
alter schema public owner to postgres
