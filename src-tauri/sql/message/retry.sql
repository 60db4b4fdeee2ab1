-- Queues failed or cancelled messages again. Locks: the lock of Prepare, those messages. Index: primary keys, lead_id, phone_hash of delivery.
select queue_desk.retry($1, $2)
