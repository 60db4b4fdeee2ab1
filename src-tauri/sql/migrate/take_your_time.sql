-- Building an index may take long and blocks no writer; only the drop of a half built one is impatient. No locks.
set statement_timeout = 0; set lock_timeout = '10min'
