-- Wakes the desks that listen. Locks: none.
select queue_desk.nudge()
