-- Ends the sessions of logins that were closed ($1), and counts those it may not end. Locks: none. Reads the list of sessions.
select ended, still_open from queue_desk.end_sessions($1)
