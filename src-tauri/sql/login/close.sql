-- Retires an operator and closes the logins. Locks: the roles' catalogue, as ALTER ROLE does; the operator, the logins, their open runs.
select queue_desk.login_close($1)
