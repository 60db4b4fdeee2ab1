-- Keeps the process of the server that serves this connection until let_go: a transaction pooler gives it to nobody meanwhile. No locks.
begin read only
