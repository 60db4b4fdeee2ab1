// The ledger of the mock: what its queue did, and a short history before it.
import type { LeadDetail } from "./bindings/LeadDetail";
import type { LeadEvent } from "./bindings/LeadEvent";
import type { LeadRow } from "./bindings/LeadRow";
import type { LedgerEntry } from "./bindings/LedgerEntry";
import type { LedgerFilter } from "./bindings/LedgerFilter";
import type { LedgerState } from "./bindings/LedgerState";
import type { Receipt } from "./bindings/Receipt";
import type { ReceiptPage } from "./bindings/ReceiptPage";
import type { Verification } from "./bindings/Verification";
import { ME, OPERATORS, uuid, type MockLead, type MockMessage } from "./mock-data";

const HASH = "9c1e5f20b7a84d13c6f0e2b95a7d4c81".padEnd(64, "04ab");
const iso = (ms: number) => new Date(ms).toISOString();
const nothing = { by: null, reason: null, entity_id: null, lead_id: null, lead_name: null, from_state: null, to_state: null, receipt_id: null, has_receipt: false, receipt: null };

export class MockLedger {
  private rows: LedgerEntry[] = [];

  constructor(private tampered: boolean) {}

  private add(at: number, more: Partial<LedgerEntry> & Pick<LedgerEntry, "action" | "entity">, operator = ME) {
    const id = 20_000 + this.rows.length;
    const foreign = more.actor_kind === "foreign";
    this.rows.push({ ...nothing, id: String(id), at: iso(at), login: foreign ? "authenticator" : "desk_noa", operator_id: foreign ? null : operator.user_id, operator: foreign ? null : operator.name, actor_kind: "person", seq: id - 19_000, ...more });
  }

  /** A morning of acts around these messages. */
  begin(messages: MockMessage[], now: number) {
    for (const [n, message] of messages.slice(0, 60).entries()) {
      const lead = { lead_id: message.lead_id, lead_name: message.lead_name, entity_id: message.id };
      if (n % 20 === 0) this.act(now - (320 - 5 * n) * 60_000, "prepare", 20, 20, { day: "2026-11-24", plan_id: uuid(6, n) }, OPERATORS[n % 3]!);
      this.add(now - (310 - 5 * n) * 60_000, { action: "prepare", entity: "message", to_state: "queued", ...lead });
      if (n % 9 === 4) this.add(now - (305 - 5 * n) * 60_000, { action: "update", entity: "message", actor_kind: "foreign", from_state: "queued", to_state: "sending", ...lead });
      if (message.owner) this.act(now - (300 - 5 * n) * 60_000, "take", 1, 1, { lead_id: message.lead_id, owner_name: message.owner, cancelled_messages: 1, cancelled_jobs: 0, dispatched_earlier: [] }, OPERATORS[2]!, message);
    }
    this.act(now - 4 * 60_000, "take", 1, 0, { lead_id: messages[7]?.lead_id, owner_name: "Dana Levi" }, ME, messages[7], [{ reason: "taken_by", count: 1 }]);
  }

  private act(at: number, action: string, asked: number, changed: number, detail: object, operator = ME, lead?: MockMessage, skipped: Receipt["skipped"] = []) {
    const id = uuid(5, this.rows.length);
    const receipt: Receipt = { action, asked, changed, skipped, failed: [], receipt_id: id, ledger_id: null, detail: detail as Receipt["detail"] };
    this.keep(receipt, at, operator, lead?.lead_id ?? null, lead?.lead_name ?? null);
  }

  /** The row of a receipt, which then knows its number. */
  keep(receipt: Receipt, at: number, operator = ME, leadId: string | null = null, leadName: string | null = null, by: string | null = null) {
    this.add(at, { by, action: receipt.action, entity: "receipt", entity_id: receipt.receipt_id, lead_id: leadId, lead_name: leadName, receipt_id: receipt.receipt_id, has_receipt: true, seq: null }, operator);
    const row = this.rows.at(-1)!;
    receipt.ledger_id = row.id;
    row.seq = at < this.now() - 60_000 ? Number(row.id) - 19_000 : null;
    row.receipt = structuredClone(receipt) as never;
  }
  now: () => number = () => Date.now();

  find(filter: LedgerFilter): LedgerEntry[] {
    const kind = (row: LedgerEntry) => !filter.kind || (filter.kind === "receipt" ? row.entity === "receipt" : filter.kind === "change" ? row.entity !== "receipt" : row.actor_kind === "foreign");
    return this.rows
      .filter((row) => kind(row) && (!filter.lead || row.lead_id === filter.lead) && (!filter.who || (row.operator_id ?? row.login) === filter.who))
      .filter((row) => (!filter.action || row.action === filter.action) && (!filter.from || row.at >= filter.from) && (!filter.receipt || row.receipt_id === filter.receipt))
      .reverse();
  }

  state(): LedgerState {
    const waiting = this.rows.filter((row) => row.seq === null).length;
    return { sealed: this.rows.length - waiting, sealed_to: this.rows.findLast((row) => row.seq !== null)?.at ?? null, unsealed: waiting, gaps: this.tampered ? 2 : 0, last_gap_at: this.tampered ? iso(this.now() - 7_200_000) : null, last_gap: this.tampered ? "whatsapp_message_queue UPDATE" : null };
  }

  verify(): Verification {
    const { sealed, sealed_to, gaps } = this.state();
    this.rows.forEach((row) => (row.seq ??= Number(row.id) - 19_000));
    const head = { seq: sealed, hash: HASH };
    const problems: Verification["problems"] = this.tampered ? [{ seq: 41, ledger_id: "20040", what: "changed" }, { seq: 77, ledger_id: "20076", what: "deleted" }, { seq: 1130, ledger_id: null, what: "cut" }] : [];
    return { rows: this.rows.length, sealed, sealed_to, unsealed: 0, head, remembered: head, problem_count: problems.length, problems, gaps, not_sealed: null };
  }

  receipt(id: string): ReceiptPage | null {
    const row = this.rows.find((row) => row.receipt_id === id && row.entity === "receipt");
    if (!row) return null;
    const receipt = row.receipt as unknown as Receipt;
    const first = String(Number(row.id) - receipt.changed);
    const rows = receipt.changed ? [{ entity: receipt.action === "take" ? "gate" : "message", from_state: null, to_state: receipt.action === "take" ? "taken" : "queued", count: receipt.changed, first_id: first, last_id: String(Number(row.id) - 1) }] : [];
    const left = receipt.action === "prepare" ? Math.max(0, receipt.changed - 5) : receipt.action === "take" ? receipt.changed : null;
    return { receipt, at: row.at, login: row.login, operator: row.operator, by: row.by, actor_kind: "person", reason: null, lead_id: row.lead_id, lead_name: row.lead_name, rows, seq: row.seq, hash: row.seq === null ? null : HASH, undo_left: left, may_undo: row.operator_id === ME.user_id };
  }

  detail(lead: MockLead, row: LeadRow): LeadDetail {
    const last = this.find({ lead: lead.id, kind: "receipt", who: null, action: null, from: null, until: null, receipt: null })[0];
    return { lead: row, bant_status: "need_qualified", same_phone: 0, score: { total: lead.score, heat: Math.min(100, lead.score + 7), bant: 70, waiting: Math.max(0, lead.score - 12) }, last_receipt: last ? this.receipt(last.receipt_id!) : null };
  }

  events(lead: MockLead, row: LeadRow, messages: MockMessage[]): LeadEvent[] {
    const empty: LeadEvent = { id: "", at: "", kind: "system", source: "ledger", action: "", entity: null, from_state: null, to_state: null, reason: null, actor_kind: null, login: null, operator: null, by: null, receipt_id: null, has_receipt: false, receipt: null, message_id: null, content: null, template: null, slot: null, attempt: null, sender: null, outcome: null, error_code: null, simulated: false, dispatched_at: null, finished_at: null };
    const told: LeadEvent[] = this.rows.filter((entry) => entry.lead_id === lead.id).map((entry) => ({
      ...empty, ...entry, id: `l${entry.id}`, kind: entry.entity === "message" ? "messages" : entry.actor_kind === "person" ? "people" : "system", receipt: entry.receipt,
      slot: messages[0]?.scheduled_for ?? null, template: messages[0]?.template ?? null, content: entry.to_state === "queued" && !messages[0]?.attempts ? lead.text : null,
    }));
    for (const m of messages.filter((m) => m.attempts > 0)) {
      const outcome = { sent: "sent", delivered: "sent", failed: "failed", unknown: "unknown" }[m.lane] ?? null;
      told.push({ ...empty, id: `d${m.id}`, at: iso(m.lane_since), kind: "messages", source: "delivery", action: "run", entity: "message", actor_kind: "automation", operator: m.operator, message_id: m.id, content: m.content, attempt: m.attempts, sender: m.simulated ? "dry-run" : "whatsapp", outcome, error_code: outcome === "failed" ? m.reason : null, simulated: m.simulated, dispatched_at: iso(m.lane_since) });
      if (m.lane === "delivered") told.push({ ...empty, id: `s${m.id}`, at: iso(m.lane_since + 40_000), kind: "messages", source: "status", action: "delivered", entity: "message", message_id: m.id });
    }
    told.push({ ...empty, id: "created", at: row.created_at!, source: "created", action: "created", entity: "lead" });
    return told.sort((a, b) => b.at.localeCompare(a.at) || b.id.localeCompare(a.id));
  }
}
