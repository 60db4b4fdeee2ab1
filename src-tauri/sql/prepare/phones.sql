-- What the database knows about the phones of a plan. Locks: none. Index: delivery_phone, opt_out_phone.
select queue_desk.prepare_phones($1, $2, $3)
