-- Where this server keeps its data: whether it is the one we started. No locks.
select current_setting('data_directory')
