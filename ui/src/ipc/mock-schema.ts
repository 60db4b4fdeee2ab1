// An invented schema check: one with findings of every kind, one that is clean.
import type { Evidence } from "./bindings/Evidence";
import type { Finding } from "./bindings/Finding";
import type { Report } from "./bindings/Report";

const nothing: Evidence = { count: null, sample: [], sql: null };
const finding = (id: string, level: Finding["level"], status: Finding["status"], object: string, title: string, why: string, more: Partial<Finding> = {}): Finding => ({
  id, level, status, object, title, why, blocks: [], evidence: nothing, scope_checked: "the catalogue, by columns", not_checked: null, fix: null, ...more,
});

const WRONG: Finding[] = [
  finding("O1", "error", "fail", "public.whatsapp_message_queue.user_id", "No row points nowhere",
    "214 of 12,480 rows point to nothing in auth.users. There is no key, so nothing stopped them. The old system stored a client’s id where a person’s id belongs; nothing is lost, the rows can be given to the right person.", {
      blocks: ["prepare", "run"], scope_checked: "all 12,480 rows that have a value", fix: "Look at them before anything is done: they will be moved to quarantine, never deleted.",
      evidence: { count: 214, sample: ["3f0c1a52-7d2e-4f0b-9b3c-0d5a7e1f2a11", "8a61d0b4-10c7-4c55-8f3e-6c2b9d7e4f02", "b7e2f9c8-55aa-4d3e-a1f0-92c4d6e8b013"],
        sql: "-- rows whose person does not exist\nselect q.id, q.user_id\nfrom public.whatsapp_message_queue q\nwhere q.user_id is not null\n  and not exists (select from auth.users u where u.id = q.user_id)\nlimit 5;" },
    }),
  finding("R1", "error", "fail", "public.leads", "Row security is on", "It is off: anon, authenticated may reach every row of this table, whatever its policies say.", {
    scope_checked: "this table and the roles anon, authenticated, queue_desk_operator", fix: "alter table public.leads enable row level security (its policies first)",
    evidence: { ...nothing, sql: "select relrowsecurity from pg_class where oid = 'public.leads'::regclass" },
  }),
  finding("C1", "warn", "fail", "public.leads.status", "The database takes the words that are written", "The database does not take “human_controlled” here. Take lead writes “contacted” instead, which it does take.", {
    scope_checked: "11 words against 2 checks, in a read-only transaction", fix: "step queue_desk/0011_stage_words", evidence: { count: 1, sample: ["human_controlled"], sql: "select pg_get_constraintdef(oid)\nfrom pg_constraint\nwhere conname = 'leads_status_check'" },
  }),
  finding("M3", "info", "fail", "supabase_migrations", "Other programs’ migrations are known", "Another program keeps its migrations here; its newest, 20261102, is not known to this version. Nothing of ours depends on it.", { fix: "Nothing to do. Check again after the CRM was updated." }),
];
const HIDDEN = "auth.users may not be read by this login";
const NOT_KNOWN: Finding[] = ["public.leads.user_id", "public.clients.user_id", "public.lead_processing_queue.user_id"].map((object) =>
  finding("O1", "error", "unknown", object, "No row points nowhere", "It could not be told.", { not_checked: HIDDEN, scope_checked: "nothing", fix: "Check again as the owner of a migrated database." }));
NOT_KNOWN.push(finding("L3", "error", "unknown", "queue_desk.queue_ledger", "The chain of the ledger is whole", "It could not be told.", {
  not_checked: "the last 41 rows are not sealed yet", scope_checked: "48,170 sealed rows", fix: "Check again in a minute.",
}));

const PASSED: Finding[] = [
  finding("K1", "error", "pass", "this connection", "The connection is direct or through a session pooler", "Two connections have two backends."),
  finding("K2", "error", "pass", "desk_noa", "The login is mapped to an operator", "desk_noa acts as Noa Shalev."),
  ...["leads", "clients", "whatsapp_message_queue", "lead_processing_queue", "client_members", "user_queue_settings"].map((table) =>
    finding("T1", "error", "pass", `public.${table}`, "The table has what is needed", "Every column is there, of the right type.")),
  ...["whatsapp_message_queue.lead_id", "lead_processing_queue.lead_id", "leads.client_id"].map((key) => finding("F1", "error", "pass", `public.${key}`, "The foreign key is there", "It is there and was validated.")),
  ...["clients", "whatsapp_message_queue", "lead_processing_queue"].map((table) => finding("R1", "error", "pass", `public.${table}`, "Row security is on", "Each login sees the rows that a policy gives it.", {
    evidence: { ...nothing, sql: `select relrowsecurity from pg_class where oid = 'public.${table}'::regclass` } })),
  finding("L2", "error", "pass", "queue_desk.queue_ledger", "The ledger is guarded, and watches the queues", "Its guards are always on."),
  finding("I2", "warn", "pass", "public.whatsapp_message_queue", "Every filter of the queue has its index", "The queue is read through an index."),
  finding("M1", "error", "pass", "queue_desk", "Every step of this version is applied", "24 steps, none pending and none changed."),
];

export function inventReport(kind: "clean" | "findings" | "nothing", at: string): Report {
  const findings = kind === "nothing" ? [] : kind === "clean" ? PASSED : [...WRONG, ...NOT_KNOWN, ...PASSED];
  const count = (status: string, level?: string) => findings.filter((f) => f.status === status && (!level || f.level === level)).length;
  const summary = { errors: count("fail", "error"), warnings: count("fail", "warn"), infos: count("fail", "info"), unknown: count("unknown"), passed: count("pass") };
  return { database: "Local database", login: "desk_noa", at, summary, findings };
}
