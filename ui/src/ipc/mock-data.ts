// Invented people for the mock: no number here can ring (555 block), no name belongs to a customer.
import type { JobRow } from "./bindings/JobRow";
import type { LeadRow } from "./bindings/LeadRow";
import type { MessageRow } from "./bindings/MessageRow";

/** What a command is refused with. */
export const fail = (code: string, message: string, hint?: string) => ({ code, message, hint, retryable: code === "no_connection" });

export type MockLead = { id: string; name: string; phone: string; owner: string | null; text: string; score: number; since?: number; opted_out?: boolean };

const NAMES =
  "Maya Rotem,תמר בן־ארי,Daniel Okafor,רוני כץ,Lena Fischer,Itai Golan,שירה מלכה,Omar Nasser,גיל אדלר,Hannah Weiss,יעל סבן,Marco Bellini,Dov Klein,נטע אלון,Grace Mwangi,אביב שחר,Peter Lindqvist,מיכל דגן,Sofia Marin,ליאור פז,Ben Carmi,Adaeze Obi,עומר נוי,Ruth Amsalem,דורית חן,Jonas Berg,Tali Navon,אסף גרע,Noor Haddad,Elif Demir,יובל שקד,Clara Novak,Amit Barak,רחל אוחנה,Tom Ellery,Ines Duarte,ניצן לב,Samir Khoury,Paula Reyes,הדס ברק".split(",");
const TEXTS = [
  "Hi {name}, the sea-side unit on the 6th floor is back on the market. Shall I hold a viewing for you this week?",
  "שלום {name}, ראיתי שהתעניינת בדירת 4 חדרים. מתי נוח לדבר?",
  "Good afternoon {name}, your offer is ready to look at.",
  "היי {name}, התפנה מועד לסיור ביום חמישי בבוקר.",
  "Hello {name}, here is the floor plan we spoke about.",
];
export const OPERATORS = [
  { user_id: "00000000-0000-4000-8000-00000000a001", name: "Noa Shalev", cap: 120 },
  { user_id: "00000000-0000-4000-8000-00000000a002", name: "Amir Haddad", cap: 180 },
  { user_id: "00000000-0000-4000-8000-00000000a003", name: "Dana Levi", cap: 180 },
];
export const ME = OPERATORS[0]!;
/** The rows as whom the window acts for sees them. */
export function seenBy(me: { user_id: string }, answer: unknown): unknown {
  const { rows, lead } = (answer ?? {}) as { rows?: unknown; lead?: unknown };
  for (const row of [...(Array.isArray(rows) ? rows : []), lead] as { owner_id?: string | null; owner_is_me?: boolean }[]) if (row && typeof row === "object" && "owner_is_me" in row) row.owner_is_me = row.owner_id === me.user_id;
  return answer;
}

const hebrew = (name: string) => /[\u0590-\u05ff]/.test(name);

/** Later rounds give the same first names other last names. */
function nameOf(n: number): string {
  const name = NAMES[n % NAMES.length]!;
  const others = NAMES.filter((other) => hebrew(other) === hebrew(name));
  const last = others[(others.indexOf(name) + 5 * Math.floor(n / NAMES.length)) % others.length]!.split(" ").slice(1).join(" ");
  return `${name.split(" ")[0]} ${last}`;
}

export function uuid(kind: number, n: number): string {
  return `00000000-0000-4000-8000-${kind.toString(16).padStart(4, "0")}${n.toString(16).padStart(8, "0")}`;
}

export function inventLead(n: number): MockLead {
  const name = nameOf(n);
  const text = TEXTS.filter((t) => hebrew(t) === hebrew(name))[n % 2]!;
  const phone = `+9725${[0, 4, 2, 3, 8][n % 5]}5550${String(100 + ((n * 37) % 900)).padStart(3, "0")}`;
  return { id: uuid(1, n), name, phone, owner: null, text: text.replace("{name}", name.split(" ")[0]!), score: 96 - ((n * 7) % 60) };
}

/** `before` is what a rule said while everything is stopped. */
export type MockMessage = MessageRow & { operator_id: string; lane_since: number; before?: Partial<MessageRow> };

/** Who has the lead, on every message of it. */
export function ownedBy(owner: string | null, since?: number): Partial<MessageRow> {
  return { owner, owner_id: OPERATORS.find((o) => o.name === owner)?.user_id ?? null, owner_is_me: owner === ME.name, owner_since: owner && since !== undefined ? at(since) : null };
}

export function inventMessage(n: number, lead: MockLead, slot: number, operator = ME): MockMessage {
  return {
    id: uuid(2, n), lead_id: lead.id, lead_name: lead.name, phone: lead.phone, lane: "queued", reason: null, reason_detail: null,
    next_at: new Date(slot).toISOString(), scheduled_for: new Date(slot).toISOString(), operator: operator.name, ...clientOf(lead.id), dispatched_at: null, sender: null, owner: null, owner_id: null, owner_is_me: false, owner_since: null,
    priority: 5, attempts: 0, simulated: false, content: lead.text, template: n % 3 ? "viewing_offer_v3" : null,
    operator_id: operator.user_id, lane_since: slot,
  };
}

const STATUSES = ["new", "contacted", "qualified", "hot", "new", "contacted"];
const CLIENTS = ["Carmel Homes", "Harbour Estates"];

/** The client of a lead. */
export function clientOf(leadId: string | null): { client_id: string; client: string } {
  const n = parseInt(leadId?.slice(-8) ?? "0", 16) % CLIENTS.length;
  return { client_id: uuid(5, n), client: CLIENTS[n]! };
}
const HOUR = 3_600_000;
const at = (ms: number) => new Date(ms).toISOString();

/** Newest first is by number: each is some hours older than the one before. */
export function leadRow(n: number, lead: MockLead, messages: MockMessage[], now: number): LeadRow {
  const sent = messages.filter((m) => m.lane === "sent" || m.lane === "delivered").map((m) => m.lane_since);
  const { owner, owner_id, owner_is_me } = ownedBy(lead.owner) as { owner: string | null; owner_id: string | null; owner_is_me: boolean };
  return {
    id: lead.id, name: n % 57 === 31 ? null : lead.name, phone: n % 43 === 29 ? null : lead.phone, status: owner ? "human_controlled" : STATUSES[n % STATUSES.length]!, ...clientOf(lead.id),
    owner: owner ?? null, owner_id: owner_id ?? null, owner_is_me: owner_is_me ?? false, since: owner ? at(lead.since ?? now - ((n % 9) + 1) * 7 * HOUR) : null,
    waiting: messages.filter((m) => m.lane === "queued" || m.lane === "held" || m.lane === "sending").length, last_sent_at: sent.length ? at(Math.max(...sent)) : null,
    opted_out: lead.opted_out ?? n % 19 === 6, last_interaction: n % 4 ? at(now - (n + 2) * 5 * HOUR) : null, created_at: at(Math.floor(now / HOUR) * HOUR - (n + 1) * 4.3 * HOUR),
  };
}

const JOB_OF: Record<string, string> = { queued: "queued", held: "queued", sending: "processing", sent: "completed", delivered: "completed", failed: "failed", unknown: "failed", cancelled: "cancelled" };
const STEPS = ["enrich", "qualify", "assign"];

/** The job behind a message. */
export function jobRow(n: number, message: MockMessage, now: number): JobRow {
  const state = JOB_OF[message.lane]!;
  const created = Math.floor(now / HOUR) * HOUR - (n + 1) * 11 * 60_000;
  const began = state === "queued" || state === "cancelled" ? null : created + 40_000;
  return {
    id: uuid(4, n), lead_id: message.lead_id, lead_name: message.lead_name, state, processing_type: n % 8 === 5 ? "manual" : message.attempts > 1 ? "retry" : "auto", processing_step: state === "queued" ? null : STEPS[n % 3]!,
    progress: state === "completed" ? 100 : state === "processing" ? 60 : state === "failed" ? 35 : state === "queued" ? 0 : null, operator: message.operator, priority: message.priority, tries: state === "failed" ? 3 : began ? 1 : 0,
    error: state === "failed" ? `No phone for ${message.lead_name}: the enrichment service answered 404` : null, scheduled_for: message.scheduled_for, started_at: began === null ? null : at(began), completed_at: state === "completed" ? at(created + 95_000) : null, created_at: at(created),
  };
}
