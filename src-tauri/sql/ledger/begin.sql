-- A verification in several steps sees one moment. For a connection of its own, which is closed afterwards. No locks.
begin transaction isolation level repeatable read, read only
