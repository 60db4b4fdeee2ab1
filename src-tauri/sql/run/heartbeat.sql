-- Says that this worker lives and hears whether to stop. Locks: its run and open deliveries. Index: delivery_open_heartbeat.
select queue_desk.heartbeat($1, $2)
