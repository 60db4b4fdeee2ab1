-- How many leads and messages this login sees, up to a hundred thousand: it is asked before anything is known of the database. No locks; stops
-- after as many rows.
select (select count(*) from (select from public.leads limit 100001) l) as leads,
  (select count(*) from (select from public.whatsapp_message_queue limit 100001) m) as messages
