-- What erasing the person behind a lead would do. Locks: none. Index: keys of lead_id, queue_desk_lead_phone.
select queue_desk.erase_preview($1)
