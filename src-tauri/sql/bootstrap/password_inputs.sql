-- Hands password.sql its role ($1) and password ($2). No locks.
select set_config('queue_desk.role', $1, false), set_config('queue_desk.password', $2, false)
