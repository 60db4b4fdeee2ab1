-- Which process of the server serves this connection. Two open connections with one process are a transaction pooler's.
select pg_backend_pid()
