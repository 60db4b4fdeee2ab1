-- Retires an operator. Locks: the operator, the logins, their open runs.
select queue_desk.operator_deactivate($1)
