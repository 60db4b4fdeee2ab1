// Every command and event of the window, typed. Names and arguments are the shell's.
import type { Code } from "./bindings/Code";
import type { Counts } from "./bindings/Counts";
import type { EventKind } from "./bindings/EventKind";
import type { Error as WireError } from "./bindings/Error";
import type { Filter } from "./bindings/Filter";
import type { JobFilter } from "./bindings/JobFilter";
import type { JobPage } from "./bindings/JobPage";
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
import type { Plan } from "./bindings/Plan";
import type { Report } from "./bindings/Report";
import type { Receipt } from "./bindings/Receipt";
import type { ReceiptPage } from "./bindings/ReceiptPage";
import type { RunStatus } from "./bindings/RunStatus";
import type { Session } from "./bindings/Session";
import type { Verification } from "./bindings/Verification";
import type { Transport } from "./transport";

export type ExportPreset = "excel" | "machine";
export type ExportProgress = { rows: number; total: number };
/** Seals looked at, of all there are. */
export type VerifyProgress = { done: number; total: number };

export type Commands = ReturnType<typeof commands>;

export function commands(transport: Transport) {
  const { call, on } = transport;
  return {
    session: () => call<Session>("session"),
    messagesPage: (filter: Filter, after: string | null, limit: number) => call<MessagePage>("messages_page", { filter, after, limit }),
    leadsPage: (filter: LeadFilter, after: string | null, limit: number) => call<LeadPage>("leads_page", { filter, after, limit }),
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
    messageCounts: () => call<Counts>("message_counts"),
    /** Null is the next working day. Writes nothing. */
    preparePreview: (day: string | null) => call<Plan>("prepare_preview", { day }),
    prepareApply: (planId: string, withoutChanged: boolean) => call<Receipt>("prepare_apply", { planId, withoutChanged }),
    automationStart: () => call<RunStatus>("automation_start"),
    automationStop: () => call<RunStatus>("automation_stop"),
    automationStatus: () => call<RunStatus>("automation_status"),
    stopEverything: () => call<Receipt>("stop_everything"),
    resume: () => call<Receipt>("resume"),
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
    logSettings: () => call<LogSettings>("log_settings"),
    setLogLevel: (level: LogLevel) => call<LogSettings>("set_log_level", { level }),
    /** Holds no secret, name, phone or text. */
    diagnostics: () => call<string>("diagnostics"),
    onChanged: (handler: (topics: string[]) => void) => on<{ topics: string[] }>("desk://changed", ({ topics }) => handler(topics)),
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
