-- Several statements see one moment, and none of them can write. No locks.
begin transaction isolation level repeatable read, read only
