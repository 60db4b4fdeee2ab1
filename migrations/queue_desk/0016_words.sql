-- Gives leads whose word breaks a NOT VALID check a legal one, so that they can be updated again; functions/quarantine.sql says which.
-- Repeated until it changes nothing, a transaction each. $1 run. Locks: one lead at a time, because a webhook of the CRM may call out.
select queue_desk.map_words('queue_desk/0016_words', $1, 1)
