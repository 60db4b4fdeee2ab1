// An in-memory queue behind the same commands as the shell: for `npm run dev` in a browser, for the tests and for pictures.
// Scenarios (?mock=...): busy, live, night, fresh, zero, stale, readonly, notmigrated, empty, broken, slow,
// foreign (twelve messages that another program queued), stopped (by another desk), arriving (twelve new rows after three seconds),
// finding (a schema with findings), polling (no room to listen), offline (the database goes away after three seconds, for ten), refused (its password was changed), doubt (the answer of a take is lost),
// first (no database yet), again (the last one asks for its password), saved (connections of the list), nokeychain, guarded (asks before acts on many), tampered (a ledger).
import type { Destination } from "./bindings/Destination";
import type { Filter } from "./bindings/Filter";
import type { JobFilter } from "./bindings/JobFilter";
import type { LeadFilter } from "./bindings/LeadFilter";
import type { LedgerFilter } from "./bindings/LedgerFilter";
import type { MetricsFilter } from "./bindings/MetricsFilter";
import type { Profile } from "./bindings/Profile";
import { fail, seenBy } from "./mock-data";
import { inventMetrics } from "./mock-metrics";
import { MockConnect } from "./mock-connect";
import { MockLock } from "./mock-lock";
import { MockSchema } from "./mock-schema";
import { MockQueue, pageOf } from "./mock-queue";
import type { Transport } from "./transport";

export function mockTransport(scenario = "busy"): Transport {
  const queue = new MockQueue(scenario);
  const connect = new MockConnect(scenario, (event, payload) => queue.tell(event, payload));
  const lock = new MockLock(() => connect.at);
  const bad = scenario === "finding" || scenario === "notmigrated";
  const schema = new MockSchema(bad, scenario === "notmigrated", (event, payload) => queue.tell(event, payload), (...of) => queue.receipt(...of), new Date().toISOString());
  const commands: Record<string, (args: never) => unknown> = {
    session: () => queue.session(connect.at),
    act_for: (a: { userId: string }) => queue.actFor(a.userId),
    act_for_myself: () => void (queue.acting = null),
    feed_status: () => queue.feed,
    messages_page: (a: { filter: Filter; after: string | null; limit: number }) => queue.page(a.filter, a.after, a.limit),
    leads_page: (a: { filter: LeadFilter; after: string | null; limit: number }) => queue.leadsPage(a.filter, a.after, a.limit),
    lead_counts: (a: { filter: LeadFilter }) => queue.leadCounts(a.filter),
    jobs_page: (a: { filter: JobFilter; after: string | null; limit: number }) => queue.jobsPage(a.filter, a.after, a.limit),
    lead_get: (a: { leadId: string }) => queue.detail(a.leadId),
    lead_timeline: (a: { leadId: string; kind: string | null; after: string | null; limit: number }) => queue.timeline(a.leadId, a.kind, a.after, a.limit),
    ledger_page: (a: { filter: LedgerFilter; after: string | null; limit: number }) => pageOf(queue.ledger.find(a.filter), a.after, a.limit),
    ledger_state: () => queue.ledger.state(),
    ledger_verify: () => queue.verify(),
    ledger_verify_cancel: () => queue.cancelVerify(),
    receipt_get: (a: { receiptId: string }) => queue.ledger.receipt(a.receiptId) ?? Promise.reject(fail("not_found", "The ledger has no receipt with this id.")),
    message_counts: () => queue.counts(),
    metrics: (a: { filter: MetricsFilter }) => inventMetrics(queue, scenario, a.filter),
    metrics_save: () => "figures-2026-11-24-to-2026-11-24.csv",
    prepare_preview: (a: { day: string | null }) => queue.preview(a.day),
    prepare_apply: (a: { planId: string; withoutChanged: boolean }) => queue.apply(a.planId, a.withoutChanged),
    automation_start: () => queue.start(),
    automation_stop: () => queue.stop(),
    automation_status: () => queue.status(),
    stop_everything: () => queue.stopEverything(),
    ...queue.verbs.commands,
    ...lock.commands,
    take_lead: (a: { leadId: string; expectedOwner: string | null }) => queue.doubted("take", queue.take(a.leadId, a.expectedOwner)),
    release_lead: (a: { leadId: string }) => queue.release(a.leadId),
    undo: (a: { receiptId: string }) => queue.undo(a.receiptId),
    export_queue: (a: { filter: Filter }) => queue.exportRows(a.filter),
    export_cancel: () => queue.cancelExport(),
    sample_jump: () => queue.jump(),
    schema_check: () => queue.check(),
    connections: () => connect.connections(),
    profile_test: (a: { profile: Profile; password: string | null }) => connect.test(a.profile, a.password),
    profile_save: (a: { profile: Profile; replaces: string | null }) => connect.save(a.profile, a.replaces),
    profile_remove: (a: { title: string }) => connect.remove(a.title),
    keychain_probe: () => connect.probe(),
    connect_open: async (a: { to: Destination; readOnly: boolean }) => (await connect.open(a.to), (queue.readOnly = a.readOnly), queue.session(connect.at)),
    connect_close: (a: { stopAutomation: boolean }) => (queue.leave(a.stopAutomation), (queue.acting = null), connect.close()),
    setup_plan: (a: { profile: Profile | null }) => connect.plan(a.profile),
    setup_apply: (a: { profile: Profile | null }) => connect.apply(a.profile),
    setup_cancel: () => (connect.cancelSetup(), schema.stop()),
    choose_ca_file: () => "/home/noa/Downloads/prod-ca-2021.crt",
    schema_preview: async () => (await new Promise((done) => setTimeout(done, 200)), schema.preview(new Date().toISOString())),
    schema_mend: () => schema.mend(),
    schema_script: () => "queue-desk-migration.sql",
    quarantine_page: (a: { before: number | null; limit: number }) => schema.page(a.before, a.limit),
    quarantine_restore: (a: { ids: number[] | null }) => schema.decide("restore", a.ids),
    quarantine_keep: (a: { ids: number[] | null }) => schema.decide("keep", a.ids),
    schema_save: (a: { format: string }) => `schema-2026-11-24-1432.${a.format === "text" ? "txt" : a.format}`,
    log_settings: () => queue.log,
    set_log_level: (a: { level: "info" }) => (queue.log = { ...queue.log, level: a.level }),
    diagnostics: () => "Queue Desk 0.1.0\nlinux x86_64, debug\nDatabase: Ready, server 17.10, sample, embedded",
  };
  const withoutDatabase = /^(connect|profile_|keychain_|setup_|choose_ca|automation_status|lock_state)/;
  const acts = /^(prepare_|take_|release_|undo|opt_out|stop_everything|pause$|resume|automation_start)|_messages$/;
  const whileLocked = /^(lock_state|unlock_window|automation_status)$/;
  return {
    async call<T>(command: string, args?: Record<string, unknown>): Promise<T> {
      await new Promise((done) => setTimeout(done, scenario === "slow" && command !== "lock_state" ? 60_000 : 0));
      if (lock.locked && !whileLocked.test(command)) throw fail("window_locked", "This window is locked. Nothing was done.", "Unlock it first.");
      if ((scenario === "broken" || queue.feed.mode === "offline") && !["session", "feed_status", "lock_state", "lock_window", "unlock_window"].includes(command)) throw scenario === "refused" ? fail("wrong_password", 'db.harbour.example:5432 refused the login "desk_noa": wrong password, or no such login.', "Type it again.") : fail("no_connection", "The database does not answer. Nothing was written.", "It is tried again every few seconds.");
      if (!connect.at && !withoutDatabase.test(command)) throw fail("not_connected", "No database is open. Nothing was done.", "Choose one on the connect screen.");
      if (command === "lock_window") queue.acting = null;
      if (acts.test(command)) queue.refuseEnded();
      return seenBy(queue.me, structuredClone(await commands[command]!(args as never))) as T;
    },
    async on<T>(event: string, handler: (payload: T) => void) {
      return queue.listen(event, handler as (payload: unknown) => void);
    },
  };
}
