-- What would give this operator's login ($1) a new password, with this verifier ($2) or with dots, and why this desk may not. Locks: none.
select * from queue_desk.login_renew_script($1, $2)
