-- For a look at what a migration would do: where somebody locks a table whole, its rows are not waited for but not known. No locks.
set lock_timeout = '300ms'
