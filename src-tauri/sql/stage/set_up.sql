-- Once for the connection that drains the outbox: a hanging webhook costs five seconds of one word, and nothing else. No locks.
set statement_timeout = '5s'; set lock_timeout = '2s'; set timezone = 'UTC'
