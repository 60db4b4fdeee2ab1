-- What was set on a connection is as at its start. No locks.
reset all
