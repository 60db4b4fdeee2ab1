// An invented schema check: one with findings of every kind, one that is clean.
import type { Evidence } from "./bindings/Evidence";
import type { Finding } from "./bindings/Finding";
import type { Fix } from "./bindings/Fix";
import type { Outlook } from "./bindings/Outlook";
import type { Migration } from "./bindings/Migration";
import type { Past } from "./bindings/Past";
import type { Preview } from "./bindings/Preview";
import type { Quarantined } from "./bindings/Quarantined";
import type { Receipt } from "./bindings/Receipt";
import type { Report } from "./bindings/Report";

const nothing: Evidence = { count: null, counted: "exact", sample: [], sql: null };
const fixed = (words: string, steps: Fix["steps"] = []): Fix => ({ words, steps });
const finding = (id: string, level: Finding["level"], status: Finding["status"], object: string, title: string, why: string, more: Partial<Finding> = {}): Finding => ({
  key: `${id}:${object}:${title}`.toLowerCase().replaceAll(" ", "_"), id, level, status, object, title, why, expected: null, found: null, blocks: [], evidence: nothing, scope_checked: "the catalogue, by columns", not_checked: null, fix: null, ...more,
});

const WRONG: Finding[] = [
  finding("O1", "error", "fail", "public.whatsapp_message_queue.user_id", "No row points nowhere",
    "214 of 12,480 rows point to nothing in auth.users. There is no key, so nothing stopped them. The old system stored a client’s id where a person’s id belongs; nothing is lost, the rows can be given to the right person.", {
      blocks: ["prepare", "run"], scope_checked: "all 12,480 rows that have a value", expected: "user_id -> auth.users (id)", found: "no foreign key; 214 of 12,480 rows without a person",
      fix: fixed("Look at them first: rows are moved to quarantine, never deleted, and can be put back.", [
        { what: "Index", lock: "nobody waits; about 0.1 s", sql: "create index concurrently if not exists whatsapp_message_queue_user_id_idx on public.whatsapp_message_queue (user_id)" },
        { what: "Add, not valid", lock: "SHARE ROW EXCLUSIVE on both for under 10 ms; sign-ins wait for it, so it gives up after 200 ms", sql: "set lock_timeout = '200ms';\nalter table public.whatsapp_message_queue add constraint whatsapp_message_queue_user_id_fkey foreign key (user_id) references auth.users (id) on delete cascade not valid" },
        { what: "Move 214 rows", lock: "a row at a time; copies are kept", sql: null },
        { what: "Validate", lock: "reads only, writers go on; about 0.1 s", sql: "alter table public.whatsapp_message_queue validate constraint whatsapp_message_queue_user_id_fkey" },
      ]),
      evidence: { count: 214, counted: "exact", sample: ["3f0c1a52-7d2e-4f0b-9b3c-0d5a7e1f2a11", "8a61d0b4-10c7-4c55-8f3e-6c2b9d7e4f02", "b7e2f9c8-55aa-4d3e-a1f0-92c4d6e8b013"],
        sql: "-- rows whose person does not exist\nselect q.id, q.user_id\nfrom public.whatsapp_message_queue q\nwhere q.user_id is not null\n  and not exists (select from auth.users u where u.id = q.user_id)\nlimit 5;" },
    }),
  finding("R1", "error", "fail", "public.leads", "Row security is on", "It is off: anon, authenticated may reach every row of this table, whatever its policies say.", {
    scope_checked: "this table and the roles anon, authenticated, queue_desk_operator", expected: "row security on", found: "row security off",
    fix: fixed("Switch it on; look first whether its policies let the web in.", [{ what: "Switch it on", lock: "ACCESS EXCLUSIVE for a moment", sql: "alter table public.leads enable row level security" }]),
    evidence: { ...nothing, sql: "select relrowsecurity from pg_class where oid = 'public.leads'::regclass" },
  }),
  finding("C1", "warn", "fail", "public.leads.status", "The database takes the words that are written", "The database does not take “human_controlled” here. Take lead writes “contacted” instead, which it does take.", {
    scope_checked: "11 words against 2 checks, in a read-only transaction", fix: fixed("Widen the CHECK on leads.status, or name another candidate in the settings of the database."), evidence: { count: 1, counted: "exact", sample: ["human_controlled"], sql: "select pg_get_constraintdef(oid)\nfrom pg_constraint\nwhere conname = 'leads_status_check'" },
  }),
  finding("O3", "info", "fail", "queue_desk.quarantine", "No row waits in quarantine", "7 rows of public.leads, public.lead_processing_queue, public.whatsapp_message_queue were moved aside and wait for a person: put back, or kept away.", {
    scope_checked: "all rows of the quarantine", fix: fixed("Look at them; a row can be put back as soon as what it points to exists again."), evidence: { count: 7, counted: "exact", sample: ["1", "2", "3", "4", "5"], sql: "select id, src_table, action, reasons from queue_desk.quarantine where restored_at is null and decided_at is null" } }),
  finding("M3", "info", "fail", "supabase_migrations", "Other programs’ migrations are known", "Another program keeps its migrations here; its newest, 20261102, is not known to this version. Nothing of ours depends on it.", { fix: fixed("Nothing to do. Check again after the CRM was updated.") }),
];
const HIDDEN = "auth.users may not be read by this login";
const NOT_KNOWN: Finding[] = ["public.leads.user_id", "public.clients.user_id", "public.lead_processing_queue.user_id"].map((object) =>
  finding("O1", "error", "unknown", object, "No row points nowhere", "It could not be told.", { not_checked: HIDDEN, scope_checked: "nothing", fix: fixed("Check again as the owner of a migrated database.") }));
NOT_KNOWN.push(finding("L3", "error", "unknown", "queue_desk.queue_ledger", "The chain of the ledger is whole", "It could not be told.", {
  not_checked: "the last 41 rows are not sealed yet", scope_checked: "48,170 sealed rows", fix: fixed("Check again in a minute."),
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

const outlook = (verb: Outlook["verb"], status: Outlook["status"], words: string[], keys: string[]): Outlook => ({ verb, status, words, keys });

export function inventReport(kind: "clean" | "findings" | "nothing", at: string): Report {
  const findings = kind === "nothing" ? [] : kind === "clean" ? PASSED : [...WRONG, ...NOT_KNOWN, ...PASSED];
  const count = (status: string, level?: string) => findings.filter((f) => f.status === status && (!level || f.level === level)).length;
  const summary = { errors: count("fail", "error"), warnings: count("fail", "warn"), infos: count("fail", "info"), unknown: count("unknown"), passed: count("pass") };
  const bad = kind === "findings";
  const stopped = [WRONG[0]!.why];
  const actions = [
    outlook("prepare", bad ? "fail" : "pass", bad ? stopped : [], bad ? [WRONG[0]!.key] : []),
    outlook("run", bad ? "fail" : "pass", bad ? stopped : ["Automation will write ‘contacted’."], bad ? [WRONG[0]!.key] : []),
    outlook("take", "pass", bad ? ["Take lead will write ‘contacted’: ‘human_controlled’ is not allowed."] : ["Take lead will write ‘human_controlled’."], bad ? [WRONG[2]!.key] : []),
    outlook("export", "pass", [], []),
  ];
  const gone = { key: "i2:queue", id: "I2", object: "public.whatsapp_message_queue", title: "The question has its index" };
  const past: Past = { at: new Date(Date.parse(at) - 26 * 3_600_000).toISOString(), login: "desk_noa", summary: { ...summary, errors: 1, warnings: 2 }, failed: [gone, { key: WRONG[0]!.key, id: "O1", object: WRONG[0]!.object, title: WRONG[0]!.title }] };
  return {
    database: "Local database", login: "desk_noa", at, took_ms: 640, summary, actions, findings,
    checked: "34 checks with 236 answers: 11 tables, 20 keys and the rows of 20, 3 places where words are written, row security of 30 tables", not_checked: "storage and edge functions; whether the CRM’s own programs work",
    history: bad ? [past] : [], new_since: bad ? [WRONG[1]!.key] : [], gone_since: bad ? [gone] : [],
  };
}

const lock = (table: string, mode: string, rows: number, bytes: number) => ({ table, mode, rows, bytes });
const STEPS: Preview["steps"] = [
  { id: "queue_desk/0007_crm_row_security", kind: "pieces", state: "pending", what: "What a desk login may read of the CRM: its own messages and jobs, and the leads it may access.", may_not: null, sql: "create policy queue_desk_reads on public.leads for select to queue_desk_operator using (true);", locks: [lock("public.leads", "ACCESS EXCLUSIVE", 41_200, 31_457_280), lock("public.whatsapp_message_queue", "ACCESS EXCLUSIVE", 12_480, 9_961_472)] },
  { id: "queue_desk/functions/take", kind: "function", state: "changed", what: "Take Lead: from here on no dispatch to this lead is recorded, from any desk.", may_not: null, sql: "create or replace function queue_desk.take(p_lead uuid) returns jsonb ...", locks: [] },
  { id: "queue_desk/0009_due_index", kind: "autocommit", state: "pending", what: "The dispatcher’s order within an operator.", may_not: null, sql: "create index concurrently if not exists queue_desk_due on public.whatsapp_message_queue (user_id, priority desc);", locks: [lock("public.whatsapp_message_queue", "SHARE UPDATE EXCLUSIVE", 12_480, 9_961_472)] },
];
const KEY: Preview["keys"][number] = {
  child: "public.whatsapp_message_queue", col: "user_id", parent: "auth.users", state: "missing", indexed: false, action: "moved", pointing: 12_480, orphans: 214, recent: 3, whole: false, refused: null,
  sql: ["create index concurrently whatsapp_message_queue_user_id_idx on public.whatsapp_message_queue (user_id)", "alter table public.whatsapp_message_queue add foreign key (user_id) references auth.users (id) not valid"],
  locks: [lock("public.whatsapp_message_queue", "SHARE ROW EXCLUSIVE", 12_480, 9_961_472), lock("auth.users", "SHARE ROW EXCLUSIVE", 64, 98_304)],
};
const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** A database that is mended step by step, and what was moved aside by it. */
export class MockSchema {
  private done = 0;
  private stopped = false;
  private aside: Quarantined[] = [];

  constructor(private pending: boolean, private mayNot: boolean, private tell: (event: string, payload: unknown) => void, private receipt: (action: string, asked: number, changed: number, detail: object, skipped: Receipt["skipped"]) => Receipt, now: string) {
    const tables = ["whatsapp_message_queue", "lead_processing_queue", "leads"];
    this.aside = Array.from({ length: pending ? 7 : 0 }, (_, n) => ({
      id: 7 - n, at: now, step: "queue_desk/0017_keys", src_table: `public.${tables[n % 3]}`, src_pk: { id: `3f0c1a52-7d2e-4f0b-9b3c-0d5a7e1f2a1${n}` }, action: n % 3 === 2 ? "fk_nulled" : "moved",
      reasons: n === 0 ? ["user_id -> auth.users", "lead_id -> public.leads"] : [n % 3 === 2 ? "client_id -> public.clients" : "user_id -> auth.users"], state: "open", restorable: n % 2 === 1, decided_by: null }));
  }

  preview(at: string): Preview {
    const left = this.pending ? STEPS.slice(this.done) : [];
    const fine = Array.from({ length: 44 - left.length }, (_, n) => ({ id: `queue_desk/done_${n}`, kind: "tx", state: "done", what: "", sql: "", locks: [], may_not: null }));
    const blocker = { pid: 4711, login: "authenticator", program: "PostgREST", state: "idle in transaction", seconds: 96, locks: ["public.leads (RowExclusiveLock)"], makes_wait: 2 };
    return { at, creates_crm: false, steps: [...fine, ...left], keys: left.length ? [KEY] : [], keys_not_known: null, blockers: left.length ? [blocker] : [], left_alone: [], ask_admin: left.length && this.mayNot ? "The login desk_noa does not own the CRM’s tables." : null };
  }

  async mend(): Promise<Migration> {
    this.stopped = false;
    const of = 44;
    for (; this.done < STEPS.length; this.done++) {
      if (this.stopped) throw { code: "cancelled", message: "The migration was stopped. What is done stays done, and is whole.", hint: "Run migrate again: it goes on from here.", retryable: false };
      this.tell("desk://setup", { done: 41 + this.done, of, step: STEPS[this.done]!.id, place: this.done === 2 ? "public.whatsapp_message_queue" : "", rows: this.done === 2 ? 214 : 0 });
      await wait(600);
    }
    this.tell("desk://setup", { done: of, of, step: null, place: "", rows: 0 });
    setTimeout(() => this.tell("desk://changed", { topics: ["schema"] }), 10);
    const { receipt_id } = this.receipt("migrate", 44, 3, {}, []);
    const line = (table: string, before: number, moved: number, nulled: number, by_others: number) => ({ table, before, moved, nulled, mapped: 0, by_others, after: before - moved + by_others });
    return { creates_crm: false, receipt_id, ledger_id: null, refused: [], steps: STEPS.map(({ id, kind }) => ({ id, kind, state: "applied" })), balance: [line("public.clients", 42, 0, 0, 0), line("public.leads", 41_200, 0, 19, 2), line("public.lead_processing_queue", 1_204, 0, 0, 0), line("public.whatsapp_message_queue", 12_480, 214, 0, 5)] };
  }

  stop() {
    this.stopped = true;
  }

  page = (before: number | null, limit: number) => this.aside.filter(({ id }) => before === null || id < before).slice(0, limit);

  decide(verb: "restore" | "keep", ids: number[] | null): Receipt {
    const asked = this.aside.filter(({ id }) => !ids || ids.includes(id));
    const able = asked.filter((row) => verb === "keep" || row.restorable);
    this.aside = this.aside.filter((row) => !able.includes(row));
    const left = asked.length - able.length;
    return this.receipt(`quarantine_${verb}`, asked.length, able.length, {}, left ? [{ reason: "parent_missing", count: left }] : []);
  }
}
