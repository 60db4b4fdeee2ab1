-- What row security would hide is refused, not left out; counting may take long. No locks.
set local row_security = off; set local statement_timeout = '15min'
