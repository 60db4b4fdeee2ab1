-- What the report is about.
select current_database()::text as database, session_user::text as login, clock_timestamp() as at
