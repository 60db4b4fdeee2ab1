-- Empties what Queue Desk knows about an old sample. Not the ledger, its seals and its gaps: what happened stays provable.
-- Locks: ACCESS EXCLUSIVE on each table until commit; desks that are connected wait.
truncate
  queue_desk.login, queue_desk.operator, queue_desk.lead_gate, queue_desk.opt_out, queue_desk.pause, queue_desk.run,
  queue_desk.adopted, queue_desk.delivery, queue_desk.limit_window, queue_desk.limit_pace, queue_desk.plan,
  queue_desk.plan_item, queue_desk.stage_outbox, queue_desk.quarantine
