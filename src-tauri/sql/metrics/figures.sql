-- The figures of a range of local days. $1 days up to today, else $2 from and $3 to; $4 operator. Reads; locks nothing. Index: delivery_dispatched.
select queue_desk.metrics($1, $2, $3, $4)
