-- Raises the oldest version that may act here, never lowers it. Locks: the row of instance.
update queue_desk.instance set min_app_version = $1 where queue_desk.version_numbers($1) > queue_desk.version_numbers(min_app_version)
