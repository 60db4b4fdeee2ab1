-- Gives an operator's login ($1) a new password by its verifier ($2), and opens a closed one again ($3). Locks: the role, and the list of
-- operators.
select queue_desk.login_renew($1, $2, $3)
