-- Alone in its file: it cannot run in a transaction.
create database queue_desk owner postgres
