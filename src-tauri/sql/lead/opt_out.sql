-- This person is not written to any more. Locks: the gates of the leads with this phone, the phone, their waiting messages. Index: queue_desk_lead_phone.
select queue_desk.opt_out($1, $2, $3, $4)
