-- The oldest Queue Desk that may act here. A step that changes what the functions mean raises it; an older desk can still look.
-- Locks: queue_desk.instance, for a moment.
alter table queue_desk.instance add column if not exists min_app_version text not null default '0.1.0'
  check (min_app_version ~ '^\d{1,4}\.\d{1,4}\.\d{1,4}$');
grant select (min_app_version) on queue_desk.instance to queue_desk_operator;
