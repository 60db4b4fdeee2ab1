-- Completes the settings of the operators; functions/complete.sql says how. Repeated until it changes nothing, a transaction each. $1 run
-- (not needed). Locks: up to 50 rows of user_queue_settings.
select queue_desk.complete_settings(50) where $1::uuid is not null
