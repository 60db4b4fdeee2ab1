-- Which process of the server serves this connection. Two open connections with one process are a transaction pooler's. No locks.
select pg_catalog.pg_backend_pid()
