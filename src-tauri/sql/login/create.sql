-- Makes a login and maps it to an operator, or does neither. Locks: the roles' catalogue, as CREATE ROLE does; those rows.
select queue_desk.login_create($1, $2, $3, $4, $5, $6)
