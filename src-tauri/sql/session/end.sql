-- Ends begin_snapshot.
commit
