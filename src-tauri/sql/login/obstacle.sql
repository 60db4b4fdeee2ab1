-- Why this session may make no logins; null: it may. Locks: none. Reads the catalogue.
select queue_desk.login_obstacle()
