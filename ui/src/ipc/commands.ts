// Every command and event of the window, typed. Names and arguments are the shell's.
import type { ErasePreview } from "./bindings/ErasePreview";
import type { LiveDesks } from "./bindings/LiveDesks";
import type { LoginClosing } from "./bindings/LoginClosing";
import type { LoginRenewal } from "./bindings/LoginRenewal";
import type { LoginScript } from "./bindings/LoginScript";
import type { Connections } from "./bindings/Connections";
import type { Destination } from "./bindings/Destination";
import type { Probe } from "./bindings/Probe";
import type { ProbeLine } from "./bindings/ProbeLine";
import type { Profile } from "./bindings/Profile";
import type { SetupPlan } from "./bindings/SetupPlan";
import type { SetupProgress } from "./bindings/SetupProgress";
import type { Code } from "./bindings/Code";
import type { Counts } from "./bindings/Counts";
import type { EventKind } from "./bindings/EventKind";
import type { Error as WireError } from "./bindings/Error";
import type { FeedStatus } from "./bindings/FeedStatus";
import type { Filter } from "./bindings/Filter";
import type { JobFilter } from "./bindings/JobFilter";
import type { JobPage } from "./bindings/JobPage";
import type { LeadCounts } from "./bindings/LeadCounts";
import type { LeadDetail } from "./bindings/LeadDetail";
import type { LeadFilter } from "./bindings/LeadFilter";
import type { LeadPage } from "./bindings/LeadPage";
import type { LeadTimeline } from "./bindings/LeadTimeline";
import type { LedgerFilter } from "./bindings/LedgerFilter";
import type { LedgerPage } from "./bindings/LedgerPage";
import type { LedgerState } from "./bindings/LedgerState";
import type { LogLevel } from "./bindings/LogLevel";
import type { LogSettings } from "./bindings/LogSettings";
import type { MessagePage } from "./bindings/MessagePage";
import type { Metrics } from "./bindings/Metrics";
import type { MetricsFilter } from "./bindings/MetricsFilter";
import type { OperatorRow } from "./bindings/OperatorRow";
import type { PauseRow } from "./bindings/PauseRow";
import type { Plan } from "./bindings/Plan";
import type { Migration } from "./bindings/Migration";
import type { Quarantined } from "./bindings/Quarantined";
import type { Preview } from "./bindings/Preview";
import type { Report } from "./bindings/Report";
import type { ReportFormat } from "./bindings/ReportFormat";
import type { Receipt } from "./bindings/Receipt";
import type { ReceiptPage } from "./bindings/ReceiptPage";
import type { RunStatus } from "./bindings/RunStatus";
import type { Session } from "./bindings/Session";
import type { Settled } from "./bindings/Settled";
import type { Verification } from "./bindings/Verification";
import type { WindowLock } from "./bindings/WindowLock";
import type { Transport } from "./transport";

export type ExportPreset = "excel" | "machine";
export type Outcome = "sent" | "not_sent";
export type PauseScope = "all" | "operator" | "client" | "lead" | "template";
export type ExportProgress = { rows: number; total: number };
/** Seals looked at, of all there are. */
export type VerifyProgress = { done: number; total: number };

export type Commands = ReturnType<typeof commands>;

export function commands(transport: Transport) {
  const { call, on } = transport;
  return {
    session: () => call<Session>("session"),
    /** Everything that is done from here on is done for this operator, until it is ended, another database is opened or the window is locked. Only for admins. */
    actFor: (userId: string) => call<Session>("act_for", { userId }),
    /** Works without a database too. */
    actForMyself: () => call<void>("act_for_myself"),
    /** Answers when the feed has looked for the first time: what is read after it misses nothing. */
    feedStatus: () => call<FeedStatus>("feed_status"),
    messagesPage: (filter: Filter, after: string | null, limit: number) => call<MessagePage>("messages_page", { filter, after, limit }),
    leadsPage: (filter: LeadFilter, after: string | null, limit: number) => call<LeadPage>("leads_page", { filter, after, limit }),
    leadCounts: (filter: LeadFilter) => call<LeadCounts>("lead_counts", { filter }),
    jobsPage: (filter: JobFilter, after: string | null, limit: number) => call<JobPage>("jobs_page", { filter, after, limit }),
    /** Rejects with `not_found` for a lead that the login may not see. */
    leadGet: (leadId: string) => call<LeadDetail>("lead_get", { leadId }),
    leadTimeline: (leadId: string, kind: EventKind | null, after: string | null, limit: number) => call<LeadTimeline>("lead_timeline", { leadId, kind, after, limit }),
    ledgerPage: (filter: LedgerFilter, after: string | null, limit: number) => call<LedgerPage>("ledger_page", { filter, after, limit }),
    ledgerState: () => call<LedgerState>("ledger_state"),
    /** Long; tells its progress. Rejects with `cancelled` when stopped. */
    ledgerVerify: () => call<Verification>("ledger_verify"),
    ledgerVerifyCancel: () => call<void>("ledger_verify_cancel"),
    receiptGet: (receiptId: string) => call<ReceiptPage>("receipt_get", { receiptId }),
    /** Rejects with `not_migrated` where there is nothing to count from, `no_operator` for a login that is nobody's. */
    metrics: (filter: MetricsFilter) => call<Metrics>("metrics", { filter }),
    /** The file's name, or null when the save dialog was closed. */
    metricsSave: (filter: MetricsFilter) => call<string | null>("metrics_save", { filter }),
    messageCounts: () => call<Counts>("message_counts"),
    /** Null is the next working day. Writes nothing. */
    preparePreview: (day: string | null) => call<Plan>("prepare_preview", { day }),
    prepareApply: (planId: string, withoutChanged: boolean) => call<Receipt>("prepare_apply", { planId, withoutChanged }),
    automationStart: () => call<RunStatus>("automation_start"),
    automationStop: () => call<RunStatus>("automation_stop"),
    automationStatus: () => call<RunStatus>("automation_status"),
    stopEverything: () => call<Receipt>("stop_everything"),
    /** `subject` is the id (of a template its name); null for everybody. `until` null holds until somebody lifts it. */
    pause: (scope: PauseScope, subject: string | null, until: string | null, reason: string | null) => call<Receipt>("pause", { scope, subject, until, reason }),
    resume: (scope: PauseScope, subject: string | null) => call<Receipt>("resume", { scope, subject }),
    pauses: () => call<PauseRow[]>("pauses"),
    cancelMessages: (ids: string[], reason: string | null) => call<Receipt>("cancel_messages", { ids, reason }),
    retryMessages: (ids: string[]) => call<Receipt>("retry_messages", { ids }),
    /** `at` is RFC 3339, UTC. */
    rescheduleMessages: (ids: string[], at: string) => call<Receipt>("reschedule_messages", { ids, at }),
    /** 1 to 10; 10 goes first. */
    setPriority: (ids: string[], priority: number) => call<Receipt>("set_priority", { ids, priority }),
    assignMessages: (ids: string[], to: string) => call<Receipt>("assign_messages", { ids, to }),
    resolveUnknown: (ids: string[], outcome: Outcome, note: string | null) => call<Receipt>("resolve_unknown", { ids, outcome, note }),
    /** Null: everything that waits, is mine and is not adopted. */
    adoptMessages: (ids: string[] | null) => call<Receipt>("adopt_messages", { ids }),
    optOut: (leadId: string, reason: string | null) => call<Receipt>("opt_out", { leadId, reason }),
    operators: () => call<OperatorRow[]>("operators"),
    operatorAdd: (userId: string, name: string, login: string | null, admin: boolean, runner: boolean) => call<Receipt>("operator_add", { userId, name, login, admin, runner }),
    /** What would make this login, with dots for the password's verifier, and whether this desk may. Writes nothing. */
    loginScript: (login: string) => call<LoginScript>("login_script", { login }),
    /** `password` null: one is made, and is on the clipboard for two minutes afterwards; it never comes here. */
    loginCreate: (userId: string, name: string, login: string, admin: boolean, runner: boolean, password: string | null) => call<Receipt>("login_create", { userId, name, login, admin, runner, password }),
    /** The file's name, or null when the save dialog was closed. The password as in `loginCreate`. */
    loginSave: (login: string, password: string | null) => call<string | null>("login_save", { login, password }),
    loginClosing: (userId: string) => call<LoginClosing[]>("login_closing", { userId }),
    loginClose: (userId: string) => call<Receipt>("login_close", { userId }),
    loginRenewal: (login: string) => call<LoginRenewal>("login_renewal", { login }),
    /** The password as in `loginCreate`. */
    loginRenew: (login: string, reopen: boolean, password: string | null) => call<Receipt>("login_renew", { login, reopen, password }),
    loginRenewSave: (login: string, password: string | null) => call<string | null>("login_renew_save", { login, password }),
    /** Admins only. */
    desks: () => call<LiveDesks>("desks"),
    /** Admins only; writes nothing. */
    erasePreview: (leadId: string) => call<ErasePreview>("erase_preview", { leadId }),
    /** For good. `others`: leads of the preview that are the same person. */
    erasePerson: (leadId: string, others: string[]) => call<Receipt>("erase_person", { leadId, others }),
    operatorDeactivate: (userId: string) => call<Receipt>("operator_deactivate", { userId }),
    takeLead: (leadId: string, expectedOwner: string | null) => call<Receipt>("take_lead", { leadId, expectedOwner }),
    releaseLead: (leadId: string, reason: string | null) => call<Receipt>("release_lead", { leadId, reason }),
    undo: (receiptId: string) => call<Receipt>("undo", { receiptId }),
    /** Null: the save dialog was closed. */
    exportQueue: (filter: Filter, preset: ExportPreset) => call<Receipt | null>("export_queue", { filter, preset }),
    exportCancel: () => call<void>("export_cancel"),
    /** Sample database only: moves its clock to when the next message may go. */
    sampleJump: () => call<Session>("sample_jump"),
    /** Reads the catalogue and counts; writes nothing. */
    schemaCheck: () => call<Report>("schema_check"),
    connections: () => call<Connections>("connections"),
    /** Null: the password that this run knows for the account, if it does. */
    profileTest: (profile: Profile, password: string | null) => call<Probe>("profile_test", { profile, password }),
    /** `replaces`: the title of the saved connection that it was. The password goes into the keychain, where the profile says so. */
    profileSave: (profile: Profile, replaces: string | null, password: string | null) => call<void>("profile_save", { profile, replaces, password }),
    profileRemove: (title: string) => call<void>("profile_remove", { title }),
    /** Refused where the keychain keeps nothing. */
    keychainProbe: () => call<void>("keychain_probe"),
    connectOpen: (to: Destination, password: string | null, readOnly: boolean) => call<Session>("connect_open", { to, password, readOnly }),
    /** Refused (`already_running`) while automation runs here, unless it may be stopped. */
    connectClose: (stopAutomation: boolean) => call<void>("connect_close", { stopAutomation }),
    /** Null: the open database. Writes nothing. */
    setupPlan: (profile: Profile | null) => call<SetupPlan>("setup_plan", { profile }),
    setupApply: (profile: Profile | null) => call<SetupPlan>("setup_apply", { profile }),
    setupCancel: () => call<void>("setup_cancel"),
    /** Null: the dialog was closed. */
    chooseCaFile: () => call<string | null>("choose_ca_file"),
    onProbe: (handler: (line: ProbeLine) => void) => on<ProbeLine>("desk://probe", handler),
    onSetup: (handler: (progress: SetupProgress) => void) => on<SetupProgress>("desk://setup", handler),
    /** What a migration would do now, and who is in its way; writes nothing. */
    schemaPreview: () => call<Preview>("schema_preview"),
    /** Tells its steps by `desk://setup`, is stopped by `setupCancel`. Rejects with `cancelled` when stopped: what is done stays done. */
    schemaMend: () => call<Migration>("schema_mend"),
    /** What is missing, as SQL for its owner; the file's name, or null when the save dialog was closed. */
    schemaScript: () => call<string | null>("schema_script"),
    /** Rows that nobody decided about, newest first, before this id. Only for admins. */
    quarantinePage: (before: number | null, limit: number) => call<Quarantined[]>("quarantine_page", { before, limit }),
    /** Null: all that can be. */
    quarantineRestore: (ids: number[] | null) => call<Receipt>("quarantine_restore", { ids }),
    /** Null: all that are open. */
    quarantineKeep: (ids: number[] | null) => call<Receipt>("quarantine_keep", { ids }),
    /** Saves the last report; the file's name, or null when the save dialog was closed. */
    schemaSave: (format: ReportFormat) => call<string | null>("schema_save", { format }),
    logSettings: () => call<LogSettings>("log_settings"),
    setLogLevel: (level: LogLevel) => call<LogSettings>("set_log_level", { level }),
    lockState: () => call<WindowLock>("lock_state"),
    /** From now on every other command rejects with `window_locked`, but for the state of automation. */
    lockWindow: () => call<WindowLock>("lock_window"),
    unlockWindow: (password: string | null) => call<WindowLock>("unlock_window", { password }),
    /** Null: it never locks itself. */
    setLockAfter: (minutes: number | null) => call<WindowLock>("set_lock_after", { minutes }),
    /** Holds no secret, name, phone or text. */
    diagnostics: () => call<string>("diagnostics"),
    onChanged: (handler: (topics: string[]) => void) => on<{ topics: string[] }>("desk://changed", ({ topics }) => handler(topics)),
    onFeed: (handler: (status: FeedStatus) => void) => on<FeedStatus>("desk://feed", handler),
    onSettled: (handler: (settled: Settled) => void) => on<Settled>("desk://settled", handler),
    onRun: (handler: (status: RunStatus) => void) => on<RunStatus>("desk://run", handler),
    onVerify: (handler: (progress: VerifyProgress) => void) => on<VerifyProgress>("desk://verify", handler),
    onExport: (handler: (progress: ExportProgress) => void) => on<ExportProgress>("desk://export", handler),
  };
}

/** What was thrown, as the wire's Error; anything else becomes `internal` with its own words. */
export function asError(thrown: unknown): WireError {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) return thrown as WireError;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "internal" as Code, message, retryable: false };
}
