-- Counts the ledger, finds its head and what stands behind it without a seal. No locks. Indexes: queue_ledger_order, primary keys.
select queue_desk.verify_rest()
