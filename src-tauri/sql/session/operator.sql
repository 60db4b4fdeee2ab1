-- An operator's name and whether he works here still. $1 the user. No locks; primary key.
select o.name, o.active from queue_desk.operator o where o.user_id = $1
