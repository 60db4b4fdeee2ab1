-- The statements that would make a login. Locks: none.
select queue_desk.login_script($1, $2)
