-- Sets the password in queue_desk.password for the role in queue_desk.role, then forgets it. ALTER ROLE takes no parameters.
do $$
begin
  execute format('alter role %I password %L', current_setting('queue_desk.role'), current_setting('queue_desk.password'));
  perform set_config('queue_desk.password', '', false);
end
$$;
