-- Ends the sessions of these logins ($1), of those that were closed or ($2) whose password is a new one, and counts those it may not end.
-- Locks: none. Reads the list of sessions.
select ended, still_open from queue_desk.end_sessions($1, $2)
