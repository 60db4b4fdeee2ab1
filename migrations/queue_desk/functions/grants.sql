-- What a desk may call. Everything else in this schema is for the functions themselves. Applied again after any function changed.
revoke all on all functions in schema queue_desk from public, queue_desk_operator;
grant execute on function
  queue_desk.now(), queue_desk.sane(timestamptz), queue_desk.current_user_id(), queue_desk.is_admin(), queue_desk.is_runner(), queue_desk.is_mapped(), queue_desk.acting_as(uuid),
  queue_desk.my_clients(), queue_desk.my_projects(), queue_desk.my_leads(), queue_desk.reached_leads(), queue_desk.sees_pool(),
  queue_desk.operator_settings(uuid), queue_desk.setting_int(jsonb, text[], integer), queue_desk.gate(uuid), queue_desk.gates(uuid[]),
  queue_desk.prepare_day(uuid, date), queue_desk.prepare_candidates(uuid, date, uuid[]), queue_desk.prepare_phones(uuid, date, text[]),
  queue_desk.prepare_commit(uuid, jsonb, boolean), queue_desk.start_run(uuid, uuid, text, integer), queue_desk.claim(uuid, uuid, uuid, integer, text),
  queue_desk.dispatch(uuid, integer, uuid), queue_desk.settle(uuid, jsonb), queue_desk.settle(uuid, integer, uuid, text, text, text),
  queue_desk.heartbeat(uuid, uuid), queue_desk.rescue(uuid), queue_desk.outlook(uuid, uuid), queue_desk.finish_run(uuid, uuid),
  queue_desk.take(uuid, uuid, uuid, text), queue_desk.release(uuid, uuid, text), queue_desk.undo(uuid, uuid),
  queue_desk.cancel(uuid[], uuid, text), queue_desk.retry(uuid[], uuid), queue_desk.reschedule(uuid[], timestamptz, uuid),
  queue_desk.set_priority(uuid[], integer, uuid), queue_desk.assign(uuid[], uuid, uuid), queue_desk.adopt(uuid[], uuid), queue_desk.resolve(uuid[], text, uuid, text),
  queue_desk.opt_out(uuid, text, uuid, text), queue_desk.lead_phone(uuid, uuid), queue_desk.pause(text, text, timestamptz, uuid, text), queue_desk.resume(text, text, uuid, text),
  queue_desk.operator_add(uuid, text, text, boolean, boolean), queue_desk.operator_deactivate(uuid), queue_desk.waiting_of_operators(),
  queue_desk.login_obstacle(), queue_desk.login_script(text, text), queue_desk.login_create(uuid, text, text, text, boolean, boolean),
  queue_desk.login_close_script(uuid), queue_desk.login_close(uuid), queue_desk.login_renew_script(text, text), queue_desk.login_renew(text, text, boolean),
  queue_desk.operator_renew(text), queue_desk.end_sessions(text[], boolean), queue_desk.desks(), queue_desk.erase_preview(uuid), queue_desk.erase_begin(uuid, uuid[], text),
  queue_desk.erase_texts(uuid, uuid), queue_desk.erase_lead(uuid, uuid), queue_desk.erase_end(uuid, jsonb),
  queue_desk.stop_everything(uuid, text), queue_desk.stop_after_loss(integer, jsonb), queue_desk.stop_run(uuid), queue_desk.record_export(uuid, integer, jsonb),
  queue_desk.metrics(integer, date, date, uuid), queue_desk.write_figures(date, date, boolean),
  queue_desk.set_setting(uuid, text[], jsonb), queue_desk.move_clock(timestamptz), queue_desk.waiting_words(integer), queue_desk.write_word(bigint), queue_desk.postpone_word(bigint, text),
  queue_desk.seal_ledger(integer), queue_desk.verify_ledger(), queue_desk.nudge(),
  queue_desk.verify_seals(bigint, text, integer), queue_desk.verify_rest(), queue_desk.told_at(bigint, timestamptz),
  queue_desk.quarantine_list(boolean, bigint, integer), queue_desk.restore_quarantined(bigint[]), queue_desk.keep_quarantined(bigint[]),
  queue_desk.version_numbers(text)
  to queue_desk_operator;
