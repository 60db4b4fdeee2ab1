-- Names the action for the triggers and the receipt of this transaction. No locks.
select queue_desk.begin_action('sample', 'person', null)
