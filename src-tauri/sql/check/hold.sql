-- Which process of the server serves this connection, and keeps it until let_go: a transaction pooler gives it to nobody meanwhile. No locks.
begin read only; select pg_catalog.pg_backend_pid()
