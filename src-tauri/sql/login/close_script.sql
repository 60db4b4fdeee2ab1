-- What would close an operator's logins. Locks: none. Reads the catalogue.
select login, statement, obstacle from queue_desk.login_close_script($1)
