// The verbs on messages, people and pauses, over the mock's invented rows.
import type { Counts } from "./bindings/Counts";
import type { ErasePreview } from "./bindings/ErasePreview";
import type { LiveDesks } from "./bindings/LiveDesks";
import type { LoginScript } from "./bindings/LoginScript";
import type { OperatorRow } from "./bindings/OperatorRow";
import type { PauseRow } from "./bindings/PauseRow";
import type { Receipt } from "./bindings/Receipt";
import type { Outcome, PauseScope } from "./commands";
import { clientOf, ME, OPERATORS, type MockLead, type MockMessage } from "./mock-data";

/** What the verbs need of the mock's queue. */
export interface MockDesk {
  readonly now: number;
  readonly admin: boolean;
  readonly messages: MockMessage[];
  paused: boolean;
  pauseReason: string | null;
  pause: Counts["pause"];
  lead(id: string): MockLead | undefined;
  toLane(message: MockMessage, lane: string, at: number): void;
  receipt(action: string, asked: number, changed: number, detail: object, skipped?: Receipt["skipped"]): Receipt;
  onUndo(receipt: Receipt, act: () => Receipt): void;
  changed(...topics: string[]): void;
  /** Everybody may send again. */
  resumed(): void;
}

type Why = (message: MockMessage) => string | null;
const MINUTE = 60_000;
const waits = ({ lane }: MockMessage) => lane === "queued" || lane === "held";
const iso = (ms: number) => new Date(ms).toISOString();
const EXTRA: OperatorRow[] = [
  { user_id: "00000000-0000-4000-8000-00000000a004", name: "Yoni Segal", active: true, logins: [{ login: "desk_yoni", admin: false, runner: false, active: true }], used_today: 60, capacity_today: 60, waiting: 0 },
  { user_id: "00000000-0000-4000-8000-00000000a005", name: "Rina Tal", active: false, logins: [], used_today: 0, capacity_today: 120, waiting: 4 },
];

export class MockVerbs {
  private pauseRows: PauseRow[] = [];
  private everyone: Partial<PauseRow> = { by_name: "Dana Levi" };
  private extra = EXTRA.map((operator) => ({ ...operator }));

  constructor(private desk: MockDesk) {}

  commands: Record<string, (args: never) => unknown> = {
    cancel_messages: (a: { ids: string[]; reason: string | null }) => this.cancel(a.ids, a.reason),
    retry_messages: (a: { ids: string[] }) => this.retry(a.ids),
    reschedule_messages: (a: { ids: string[]; at: string }) => this.reschedule(a.ids, a.at),
    set_priority: (a: { ids: string[]; priority: number }) => this.each("set_priority", a.ids, queuedOnly, (m) => (m.priority = a.priority), { priority: a.priority }),
    assign_messages: (a: { ids: string[]; to: string }) => this.assign(a.ids, a.to),
    resolve_unknown: (a: { ids: string[]; outcome: Outcome }) => this.resolve(a.ids, a.outcome),
    adopt_messages: (a: { ids: string[] | null }) => this.adopt(a.ids),
    opt_out: (a: { leadId: string; reason: string | null }) => this.optOut(a.leadId),
    pause: (a: { scope: PauseScope; subject: string | null; until: string | null; reason: string | null }) => this.pause(a),
    resume: (a: { scope?: PauseScope; subject?: string | null }) => this.resume(a.scope ?? "all", a.subject ?? null),
    pauses: () => this.pauses(),
    operators: () => this.operators(),
    operator_add: (a: { userId: string; name: string; login: string | null; admin: boolean; runner: boolean }) => this.addOperator(a),
    login_script: (a: { login: string }) => this.script(a.login),
    login_create: (a: { userId: string; name: string; login: string; admin: boolean; runner: boolean }) => this.addOperator(a),
    login_save: (a: { login: string }) => `${a.login}.sql`,
    login_closing: (a: { userId: string }) => this.operators().find((o) => o.user_id === a.userId)?.logins.map(({ login, admin }) => ({ login, statement: `alter role ${login} with nologin`, obstacle: admin ? "more_than_a_desk" : null })) ?? [],
    login_close: (a: { userId: string }) => this.deactivate(a.userId),
    login_renewal: (a: { login: string }) => this.renewal(a.login),
    login_renew: (a: { login: string; reopen: boolean }) => this.renew(a.login),
    login_renew_save: (a: { login: string }) => `${a.login}.sql`,
    desks: () => this.live(),
    erase_preview: (a: { leadId: string }) => this.erasing(a.leadId),
    erase_person: (a: { leadId: string; others: string[] }) => this.desk.receipt("erase", 1 + a.others.length, 1 + a.others.length, { lead_id: a.leadId, by_phone: true, elsewhere: [{ table: "public.conversations", column: "lead_id", rows: 3 }] }),
    operator_deactivate: (a: { userId: string }) => this.deactivate(a.userId),
  };

  /** What holds a message by hand. */
  pauseOf(m: MockMessage): { reason: string | null; until: string | null } | undefined {
    return this.pauses().find(({ scope, subject }) => scope === "all" || subject === { operator: m.operator_id, lead: m.lead_id, template: m.template, client: clientOf(m.lead_id).client_id }[scope]);
  }

  stopped() {
    this.everyone = this.by(null, null);
  }

  /** Does it to each that may have it; Undo puts back those that still wait or were cancelled. */
  private each(action: string, ids: string[], why: Why, act: (m: MockMessage) => void, detail: object = {}, undoable = true): Receipt {
    const skipped = new Map<string, number>();
    const done: [MockMessage, MockMessage][] = [];
    const skip = (reason: string) => void skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
    for (const id of ids) {
      const message = this.desk.messages.find((m) => m.id === id);
      const reason = message ? why(message) : "not_found";
      if (reason) { skip(reason); continue; }
      done.push([message!, { ...message! }]);
      delete message!.before;
      act(message!);
    }
    const message_ids = done.map(([m]) => m.id);
    const receipt = this.desk.receipt(action, ids.length, done.length, { message_ids, undoable: undoable && done.length > 0, ...detail }, [...skipped].map(([reason, count]) => ({ reason, count })));
    if (undoable && done.length) this.desk.onUndo(receipt, () => this.putBack(done));
    this.desk.changed("messages", "jobs", "leads");
    return receipt;
  }

  private putBack(done: [MockMessage, MockMessage][]): Receipt {
    const able = done.filter(([m]) => waits(m) || m.lane === "cancelled");
    able.forEach(([m, was]) => { delete m.before; Object.assign(m, was); });
    const late = done.length - able.length;
    this.desk.changed("messages", "jobs", "leads");
    return this.desk.receipt("undo", done.length, able.length, { message_ids: able.map(([m]) => m.id) }, late ? [{ reason: "already_sent", count: late }] : []);
  }

  private queue(m: MockMessage, at: number) {
    this.desk.toLane(m, "queued", at);
    Object.assign(m, { scheduled_for: iso(at), reason: null, reason_detail: null });
  }

  private cancel(ids: string[], reason: string | null) {
    const why: Why = (m) => (waits(m) ? null : ({ sending: "on_the_wire", cancelled: "already_cancelled", failed: "failed_already", unknown: "failed_already" }[m.lane] ?? "already_sent"));
    return this.each("cancel", ids, why, (m) => { this.desk.toLane(m, "cancelled", this.desk.now); Object.assign(m, { reason: reason ?? "cancel", reason_detail: null }); });
  }

  private retry(ids: string[]) {
    const live = (m: MockMessage) => this.desk.messages.some((other) => other !== m && other.lead_id === m.lead_id && (waits(other) || other.lane === "sending"));
    const why: Why = (m) => (m.lane === "unknown" ? "unknown_open" : waits(m) ? "already_queued" : m.lane !== "failed" && m.lane !== "cancelled" ? "already_sent" : m.owner_id ? "taken" : this.desk.lead(m.lead_id!)?.opted_out ? "opted_out" : live(m) ? "already_queued" : null);
    return this.each("retry", ids, why, (m) => this.queue(m, this.desk.now + 2 * MINUTE), {}, false);
  }

  private reschedule(ids: string[], at: string) {
    if (Date.parse(at) <= this.desk.now) throw { code: "bad_input", message: "That time is over. Nothing was written.", hint: "Choose a time ahead.", field: "at", retryable: false };
    return this.each("reschedule", ids, queuedOnly, (m) => this.queue(m, Date.parse(at)), { at });
  }

  private assign(ids: string[], to: string) {
    const receiver = this.operators().find((o) => o.user_id === to)!;
    let free = receiver.capacity_today === null ? Infinity : receiver.capacity_today - receiver.used_today - receiver.waiting;
    const why: Why = (m) => queuedOnly(m) ?? (m.operator_id === to ? "already_theirs" : free-- > 0 ? null : "over_capacity");
    return this.each("assign", ids, why, (m) => { const at = Date.parse(m.scheduled_for!); if (m.reason === "day_cap" || m.reason === "hour_cap") this.queue(m, Math.max(at, this.desk.now + MINUTE)); Object.assign(m, { operator: receiver.name, operator_id: to }); }, { to, to_name: receiver.name });
  }

  private resolve(ids: string[], outcome: Outcome) {
    return this.each("resolve", ids, (m) => (m.lane === "unknown" ? null : "not_unknown"), (m) => {
      this.desk.toLane(m, outcome === "sent" ? "sent" : "failed", m.lane_since);
      Object.assign(m, { reason: outcome === "sent" ? null : "resolved_not_sent", simulated: false });
    }, { outcome }, false);
  }

  private adopt(ids: string[] | null) {
    const foreign = (m: MockMessage) => waits(m) && m.reason === "not_adopted";
    const wanted = ids ?? this.desk.messages.filter(foreign).map((m) => m.id);
    return this.each("adopt", wanted, (m) => (foreign(m) ? null : waits(m) ? "already_adopted" : "not_queued"), (m) => this.queue(m, this.desk.now - MINUTE));
  }

  private optOut(leadId: string): Receipt {
    const lead = this.desk.lead(leadId)!;
    if (lead.opted_out) return this.desk.receipt("opt_out", 1, 0, { lead_id: leadId }, [{ reason: "already_opted_out", count: 1 }]);
    const open = this.desk.messages.filter((m) => m.lead_id === leadId && waits(m)).map((m): [MockMessage, MockMessage] => [m, { ...m }]);
    lead.opted_out = true;
    open.forEach(([m]) => { delete m.before; this.desk.toLane(m, "cancelled", this.desk.now); Object.assign(m, { reason: "opted_out", reason_detail: null }); });
    const receipt = this.desk.receipt("opt_out", 1, 1, { lead_id: leadId, message_ids: open.map(([m]) => m.id), cancelled_messages: open.length, undoable: true });
    this.desk.onUndo(receipt, () => { lead.opted_out = false; this.putBack(open); return this.desk.receipt("undo", 1, 1, { lead_id: leadId }); });
    this.desk.changed("messages", "leads");
    return receipt;
  }

  private by(until: string | null, reason: string | null) {
    return { until, reason, by: ME.user_id, by_name: ME.name, at: iso(this.desk.now) };
  }

  private pause({ scope, subject, until, reason }: { scope: PauseScope; subject: string | null; until: string | null; reason: string | null }): Receipt {
    if (this.pauses().some((p) => p.scope === scope && p.subject === subject)) return this.desk.receipt("pause", 1, 0, { scope, subject }, [{ reason: "already_paused", count: 1 }]);
    if (scope === "all") {
      this.everyone = this.by(until, reason);
      Object.assign(this.desk, { paused: true, pauseReason: reason, pause: { by_name: ME.name, by_me: true, reason, at: iso(this.desk.now), until } });
    } else this.pauseRows.push({ scope, subject, subject_name: this.nameOf(scope, subject!), ...this.by(until, reason) });
    const receipt = this.desk.receipt("pause", 1, 1, { scope, subject, until, undoable: true });
    this.desk.onUndo(receipt, () => ({ ...this.resume(scope, subject), action: "undo" }));
    this.desk.changed("automation", "messages");
    return receipt;
  }

  private nameOf(scope: PauseScope, subject: string): string | null {
    const client = this.desk.messages.map((m) => clientOf(m.lead_id)).find(({ client_id }) => client_id === subject)?.client;
    return { all: null, operator: this.operators().find((o) => o.user_id === subject)?.name, lead: this.desk.lead(subject)?.name, template: subject, client }[scope] ?? null;
  }

  private resume(scope: PauseScope, subject: string | null): Receipt {
    const before = this.pauses().length;
    if (scope === "all") { Object.assign(this.desk, { paused: false, pauseReason: null }); this.desk.resumed(); }
    else this.pauseRows = this.pauseRows.filter((p) => p.scope !== scope || p.subject !== subject);
    const gone = before - this.pauses().length;
    this.desk.changed("automation", "messages");
    return this.desk.receipt("resume", 1, gone, { scope, subject }, gone ? [] : [{ reason: "not_paused", count: 1 }]);
  }

  private pauses(): PauseRow[] {
    const over = (until: string | null | undefined) => until && Date.parse(until) <= this.desk.now;
    if (over(this.everyone.until)) { Object.assign(this.desk, { paused: false, pauseReason: null }); this.everyone = {}; }
    this.pauseRows = this.pauseRows.filter((p) => !over(p.until));
    const all: PauseRow = { scope: "all", subject: null, subject_name: null, until: null, by: null, by_name: null, at: iso(this.desk.now), ...this.everyone, reason: this.desk.pauseReason };
    return this.desk.paused ? [all, ...this.pauseRows] : [...this.pauseRows];
  }

  private operators(): OperatorRow[] {
    const ours = OPERATORS.map((o, n): OperatorRow => {
      const theirs = this.desk.messages.filter((m) => m.operator_id === o.user_id);
      const waiting = theirs.filter(waits).length;
      const login = o.name.split(" ")[0]!.toLowerCase();
      return { user_id: o.user_id, name: o.name, active: true, logins: [{ login: `desk_${login}`, admin: n === 0, runner: false, active: true }], used_today: theirs.length - waiting - theirs.filter((m) => m.lane === "cancelled").length, capacity_today: o.cap, waiting };
    });
    return [...ours, ...this.extra];
  }

  private addOperator({ userId, name, login, admin, runner }: { userId: string; name: string; login: string | null; admin: boolean; runner: boolean }): Receipt {
    if (!this.desk.admin) throw { code: "no_permission", message: "Only an admin adds operators. Nothing was written.", retryable: false };
    this.extra.push({ user_id: userId, name, active: true, logins: login ? [{ login, admin, runner, active: true }] : [], used_today: 0, capacity_today: 120, waiting: 0 });
    return this.desk.receipt("operator_add", 1, 1, { user_id: userId });
  }

  private script(login: string): LoginScript {
    if (!/^[a-z][a-z0-9_]*$/.test(login)) throw { code: "bad_input", message: "A login’s name begins with a letter and has small letters a to z, digits and _. Nothing was changed.", hint: "For example desk_dana.", retryable: false };
    return { statements: [`create role ${login} with login password 'SCRAM-SHA-256$..' connection limit 8 in role queue_desk_operator`], obstacle: login.endsWith("_no") ? "no_createrole" : null };
  }

  private live(): LiveDesks {
    const desk = (n: number, seconds: number, program: string): LiveDesks["desks"][number] => {
      const o = OPERATORS[n]!;
      return { login: `desk_${o.name.split(" ")[0]!.toLowerCase()}`, user_id: o.user_id, operator: o.name, mapped: true, admin: n === 0, runner: false, version: "0.1.0", program, since: iso(this.desk.now - seconds * 1000), seconds, connections: 3, mine: n === 0 };
    };
    const nobody = { ...desk(0, 90, "window"), login: "desk_old", user_id: null, operator: null, mapped: false, mine: false };
    const run = { run_id: "r1", login: "runner", operator: null, everybody: true, sender: "dry-run", started_at: iso(this.desk.now - 3_600_000), heartbeat_seconds: 3, silent: false, stopping: false, claimed: 214, sent: 208 };
    return { known: true, desks: [desk(0, 7_500, "window"), desk(1, 640, "window"), { ...desk(2, 86_400 * 3, "command"), login: "runner", operator: null }, nobody], runs: [run, { ...run, run_id: "r2", login: "desk_amir", everybody: false, operator: OPERATORS[1]!.name, heartbeat_seconds: 95, silent: true, claimed: 12, sent: 7 }] };
  }

  private erasing(leadId: string): ErasePreview {
    const lead = this.desk.lead(leadId);
    const theirs = this.desk.messages.filter((m) => m.lead_id === leadId);
    const name = lead?.name ?? null;
    const none = { begun: false, messages: 0, waiting: 0, on_the_wire: 0, jobs: 0, quarantined: 0, ledger_rows: 0, typed_reasons: 0 };
    return {
      lead_id: leadId,
      leads: [
        { ...none, lead_id: leadId, named: true, access: true, name, client: clientOf(leadId).client, messages: theirs.length, waiting: theirs.filter(waits).length, jobs: 1, ledger_rows: 14, typed_reasons: 1 },
        { ...none, lead_id: `${leadId}x`, named: false, access: true, name, client: null, messages: 2, ledger_rows: 3 },
        { ...none, lead_id: `${leadId}y`, named: false, access: false, name: null, client: null, messages: 4, ledger_rows: 9 },
      ],
      columns: ["leads.email", "leads.first_name", "leads.last_name", "leads.lead_metadata", "leads.phone", "whatsapp_message_queue.message_content", "whatsapp_message_queue.recipient_phone"],
      left_columns: [{ column: "leads.born", reason: "no_text" }], elsewhere: [{ table: "public.conversations", column: "lead_id", lead_id: leadId, rows: 3 }, { table: "public.conversations", column: "lead_id", lead_id: `${leadId}y`, rows: 5 }], by_phone: true,
    };
  }

  private renewal(login: string) {
    const operator = this.operators().find((o) => o.logins.some((l) => l.login === login));
    const mine = operator?.logins.find((l) => l.login === login);
    return { login, statement: `alter role ${login} with login password 'SCRAM-SHA-256$..'`, obstacle: mine?.admin ? "more_than_a_desk" : mine?.runner ? "no_admin_option" : null, closed: !operator?.active || !mine?.active };
  }

  private renew(login: string): Receipt {
    const { closed } = this.renewal(login);
    const operator = this.extra.find((o) => o.logins.some((l) => l.login === login));
    if (operator) operator.active = true;
    for (const mine of operator?.logins ?? []) if (mine.login === login) mine.active = true;
    return this.desk.receipt("operator_renew", 1, 1, { login, reopened: closed });
  }

  private deactivate(userId: string): Receipt {
    const operator = this.extra.find((o) => o.user_id === userId);
    if (operator) operator.active = false;
    return this.desk.receipt("operator_deactivate", 1, operator ? 1 : 0, { user_id: userId }, operator ? [] : [{ reason: "no_access", count: 1 }]);
  }
}

function queuedOnly(m: MockMessage): string | null {
  return waits(m) ? null : m.lane === "sending" ? "on_the_wire" : "not_queued";
}
