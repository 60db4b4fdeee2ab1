-- Alone in its file: it cannot run in a transaction. Cuts the sessions that are in the database.
drop database if exists queue_desk with (force)
