-- How a phone is remembered where it must not be readable. Salted with the secret of this database.
create or replace function queue_desk.phone_hash(p_e164 text) returns bytea
language plpgsql stable security definer set search_path = '' as $$
begin
  return sha256((select i.secret from queue_desk.instance i) || convert_to(p_e164, 'UTF8'));
end $$;

-- The last nine digits: how a raw phone of the CRM is compared with E.164 when only SQL is at hand. It may hold one message too
-- many, never let one slip. Inlined.
create or replace function queue_desk.phone_key(p_phone text) returns text
language sql immutable as $$
  select right(regexp_replace(p_phone, '[^0-9]', '', 'g'), 9)
$$;
