// The queue behind the mock: its messages, leads, plans and receipts, by the rules of the shell as far as a screen shows them.
import type { Counts } from "./bindings/Counts";
import type { Destination } from "./bindings/Destination";
import type { FeedStatus } from "./bindings/FeedStatus";
import type { Filter } from "./bindings/Filter";
import type { JobFilter } from "./bindings/JobFilter";
import type { JobPage } from "./bindings/JobPage";
import type { LeadCounts } from "./bindings/LeadCounts";
import type { LeadFilter } from "./bindings/LeadFilter";
import type { LeadPage } from "./bindings/LeadPage";
import type { LogSettings } from "./bindings/LogSettings";
import type { MessagePage } from "./bindings/MessagePage";
import type { Plan } from "./bindings/Plan";
import type { Receipt } from "./bindings/Receipt";
import type { RunStatus } from "./bindings/RunStatus";
import type { Session } from "./bindings/Session";
import { fail, inventLead, inventMessage, jobRow, leadRow, ME, OPERATORS, ownedBy, uuid, type MockLead, type MockMessage } from "./mock-data";
import { MockLedger } from "./mock-ledger";
import { inventReport } from "./mock-schema";
import { MockVerbs, type MockDesk } from "./mock-verbs";

const LANES = ["queued", "held", "sending", "sent", "delivered", "failed", "unknown", "cancelled"];
/** What goes next first, then what went last: the order of the shell's page. */
const waits = (lane: string) => lane === "queued" || lane === "held";
const MINUTE = 60_000;
const iso = (ms: number) => new Date(ms).toISOString();

/** `now` of the sample clock when the page opens: Tuesday 24 November 2026, 14:32 in Israel (22:10 at night). */
const OPENS = { day: Date.UTC(2026, 10, 24, 12, 32), night: Date.UTC(2026, 10, 24, 20, 10) };

export class MockQueue implements MockDesk {
  readonly ledger: MockLedger;
  log: LogSettings = { level: "info", overridden_by: null, folder: "/home/noa/.local/state/queue-desk/log" };
  private leads: MockLead[] = [];
  /** Leads that no plan looks at: there are more leads than fit on a page. */
  private others: MockLead[] = [];
  messages: MockMessage[] = [];
  readonly verbs = new MockVerbs(this);
  private plans = new Map<string, Plan>();
  private receipts = new Map<string, () => Receipt>();
  private listeners = new Map<string, Set<(payload: unknown) => void>>();
  private shift: number;
  paused = false;
  pauseReason: string | null = null;
  pause: Counts["pause"] = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private run: RunStatus = idle();
  private serial = 1;
  feed: FeedStatus = { mode: "live", because: null, delay: 3, since: iso(Date.now()), last_event_at: null, loss: null };
  private exporting: { cancelled: boolean } | null = null;

  constructor(private scenario: string) {
    this.shift = (scenario === "night" ? OPENS.night : OPENS.day) - Date.now();
    this.ledger = new MockLedger(scenario === "tampered");
    this.ledger.now = () => this.now;
    for (let n = 0; n < 120; n++) this.leads.push(inventLead(n));
    if (scenario !== "fresh") for (let n = 120; n < 640; n++) this.others.push({ ...inventLead(n), owner: n % 7 === 2 ? OPERATORS[n % 3]!.name : null });
    if (["busy", "live", "guarded", "first", "again", "saved", "nokeychain", "readonly", "old", "stale", "slow", "broken", "zero", "stopped", "wentback", "replica", "arriving", "finding", "polling", "offline", "refused", "doubt", "foreign", "tampered", "notmigrated"].includes(scenario)) this.fillDay();
    this.ledger.begin(this.messages, this.now);
    if (scenario === "polling") Object.assign(this.feed, { mode: "polling", because: "no_room" });
    if (scenario === "offline") setTimeout(() => this.away(10_000), 3_000);
    if (scenario === "refused") setTimeout(() => this.away(600_000), 3_000);
    if (scenario === "foreign") this.leads.slice(96, 108).forEach((lead, n) => Object.assign(this.add(lead, this.now - (n + 3) * MINUTE), { lane: "held", reason: "not_adopted", next_at: null, priority: 3 }));
    if (scenario === "stopped") Object.assign(this, { paused: true, pauseReason: "Prices change at noon", pause: { by_name: "Dana Levi", by_me: false, reason: "Prices change at noon", at: iso(this.now - 20 * MINUTE), until: null } });
    if (scenario === "wentback" || scenario === "replica") this.feed.loss = { id: "l1", rows: 12, or_more: false, put_back: scenario === "replica" ? 0 : 3, stopped: scenario === "wentback", found_at: iso(Date.now()) };
    if (scenario === "wentback") Object.assign(this, { paused: true, pause: { by_name: ME.name, by_me: true, reason: "went_back", at: iso(this.now - 2 * MINUTE), until: null } });
    if (scenario === "arriving") setTimeout(() => this.arrive(), 3_000);
    if (scenario === "night") this.leads.slice(0, 46).forEach((lead, n) => this.add(lead, OPENS.night + (10 * 60 + 50) * MINUTE + n * 6 * MINUTE));
  }

  /** An admin acts for somebody else. */
  acting: Session["acting_for"] = null;
  get me() { return OPERATORS.find((o) => o.user_id === this.acting?.user_id) ?? ME; }
  actFor(userId: string): Session {
    if (!this.admin) throw fail("no_permission", "Only an admin may act for another operator. Nothing was changed.", "Leave out for whom, or ask an admin.");
    const who = OPERATORS.find((o) => o.user_id === userId);
    if (!who) throw fail("no_operator", "There is no active operator with this id. Nothing was changed.", "Choose an active operator.");
    this.acting = who === ME ? null : { user_id: userId, name: who.name, ended: null };
    return this.session();
  }
  /** What the functions of the database say once the operator is retired, or the admin none any more. */
  refuseEnded() {
    if (this.acting?.ended) throw this.acting.ended === "retired" ? fail("no_operator", "There is no active operator with this id. Nothing was changed.", "Choose an active operator.") : fail("no_permission", "Only an admin may act for another operator. Nothing was changed.", "Leave out for whom, or ask an admin.");
  }
  get now() { return Date.now() + this.shift; }
  get admin() { return this.scenario !== "live"; }
  lead(id: string) { return [...this.leads, ...this.others].find((lead) => lead.id === id); }
  onUndo(receipt: Receipt, act: () => Receipt) { this.receipts.set(receipt.receipt_id, act); }
  private get simulated() { return this.scenario !== "live"; }

  private add(lead: MockLead, slot: number, operator = this.me): MockMessage {
    const message = inventMessage(this.messages.length, lead, slot, operator);
    this.messages.push(message);
    return message;
  }

  /** A working day at half past two: some sent, some held by every reason, a few that went wrong. */
  private fillDay() {
    const lanes = "delivered,sent,held,queued,delivered,held,sent,queued,sent,delivered,held,queued,sent,queued,held,delivered".split(",");
    const odd: Record<number, string> = { 5: "unknown", 12: "failed", 24: "cancelled", 40: "failed", 56: "unknown", 60: "cancelled" };
    const reasons: [string, string | null, number][] = [["outside_hours", null, 88], ["day_cap", "120/120", 1120], ["hour_cap", "30/30", 28], ["paused", "price list", 88], ["quiet_hours", "zone_unknown", 1140]];
    this.leads.slice(0, 96).forEach((lead, n) => {
      const lane = n < 2 ? "sending" : (odd[n] ?? lanes[n % lanes.length]!);
      const ahead = lane === "queued" ? (2 + n) * MINUTE : -n * MINUTE;
      const message = this.add(lead, this.now + ahead, OPERATORS[n % 3]!);
      this.toLane(message, lane, this.now + ahead);
      if (lane === "held") {
        const [reason, detail, minutes] = reasons[(n * 3) % reasons.length]!;
        Object.assign(message, { reason, reason_detail: detail, next_at: iso(this.now + minutes * MINUTE) });
      }
      if (lane === "failed") Object.assign(message, { reason: "no_phone", attempts: 1 });
      if (lane === "unknown") Object.assign(message, { reason: "outcome_unknown", attempts: 1 });
      if (lane === "cancelled") { lead.owner = "Dana Levi"; Object.assign(message, { reason: "taken", reason_detail: "Dana Levi", ...ownedBy("Dana Levi", this.now + ahead) }); }
    });
  }

  /** Another desk queues twelve that go before everything else. */
  private arrive() {
    this.leads.slice(100, 112).forEach((lead, n) => this.add(lead, this.now - (200 - n) * MINUTE, OPERATORS[1]!));
    this.changed("messages");
  }

  /** The answer of an act is lost, and for six seconds nobody can ask the ledger. */
  doubted(verb: string, receipt: Receipt): Receipt {
    if (this.scenario !== "doubt") return receipt;
    this.away(6_000);
    setTimeout(() => this.tell("desk://settled", { verb, receipt: { ...receipt, detail: { ...(receipt.detail as object), found_in_ledger: true } } }), 6_000);
    throw fail("commit_in_doubt", "The connection broke before the database answered: what was asked may or may not have been done.", "Look at the ledger before doing it again.");
  }

  /** The database goes away for a while; afterwards everything may be stale. */
  private away(ms: number) {
    const to = (mode: FeedStatus["mode"]) => this.tell("desk://feed", (this.feed = { ...this.feed, mode, since: iso(Date.now()) }));
    to("offline");
    setTimeout(() => { to("live"); this.changed("messages", "jobs", "leads", "metrics", "ledger", "automation"); }, ms);
  }

  toLane(message: MockMessage, lane: string, at: number) {
    Object.assign(message, { lane, lane_since: at, next_at: iso(at) });
    if (lane === "sent" || lane === "delivered" || lane === "sending") Object.assign(message, { attempts: 1, simulated: this.simulated && lane === "sent" });
    if (this.simulated && lane === "delivered") Object.assign(message, { lane: "sent", simulated: true });
  }

  /** Queued rows whose time has come and that the gate refuses are held, as in the shell's SQL. */
  private judge() {
    for (const m of this.messages) {
      if (m.lane !== "queued" && m.lane !== "held") continue;
      const due = Date.parse(m.scheduled_for!) <= this.now;
      const pause = this.verbs.pauseOf(m);
      if (pause) {
        m.before ??= { lane: m.lane, reason: m.reason, reason_detail: m.reason_detail, next_at: m.next_at };
        Object.assign(m, { lane: due ? "held" : "queued", reason: "paused", reason_detail: pause.reason, next_at: pause.until });
      } else if (m.before) {
        Object.assign(m, m.before);
        delete m.before;
      }
    }
  }

  listen(event: string, handler: (payload: unknown) => void) {
    const set = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, set.add(handler));
    return () => void set.delete(handler);
  }
  tell(event: string, payload: unknown) { this.listeners.get(event)?.forEach((handler) => handler(payload)); }
  changed(...topics: string[]) { this.tell("desk://changed", { topics }); }

  readOnly = false;

  /** As the shell: automation stops first, and only when told to. */
  leave(stopAutomation: boolean) {
    if (this.run.state !== "idle" && !stopAutomation) throw fail("already_running", "Automation is running on this desk. Nothing was done.", "Stop it first.");
    clearInterval(this.timer);
    this.run = idle();
  }

  session(at: Destination | null = null): Session {
    const server = at?.kind === "server" ? at.profile : null;
    const live = this.scenario === "live" || server !== null;
    return {
      name: server ? `${server.host}/${server.database}` : live ? "db.harbour.example/crm" : "Local database", embedded: !live, environment: server?.environment ?? (live ? "production" : "local"), guard: server?.guard ?? (this.scenario === "guarded" ? "confirm" : "silent"), login: "desk_noa",
      database: this.scenario === "notmigrated" ? "not_migrated" : this.scenario === "empty" ? "empty" : "ready",
      operator: this.scenario === "notmigrated" ? null : { user_id: ME.user_id, name: ME.name }, admin: this.admin && this.acting?.ended !== "not_admin", acting_for: this.acting, runner: false, read_only: this.readOnly || ["readonly", "old", "replica"].includes(this.scenario),
      read_only_reason: this.scenario === "old" ? "app_too_old" : this.readOnly ? "chosen" : this.scenario === "replica" ? "standby" : this.scenario === "readonly" ? "login" : null, min_app_version: this.scenario === "old" ? "0.9.0" : "0.1.0", sample: !live,
      zone: "Asia/Jerusalem", now: iso(this.now), clock_shift_seconds: live ? 0 : Math.round(this.shift / 1000), app_version: "0.1.0", server_version: "17.10",
    };
  }

  private matching(filter: Filter) {
    this.judge();
    const words = filter.search?.toLowerCase();
    const rank = (m: MockMessage) => (m.lane === "sending" ? 0 : waits(m.lane) ? 1 : 2);
    const time = (m: MockMessage) => (waits(m.lane) ? Date.parse(m.next_at ?? m.scheduled_for!) : -m.lane_since);
    return this.messages
      .filter((m) => !filter.reason || (m.lane === "held" && m.reason === filter.reason))
      .filter((m) => (!filter.lane || m.lane === filter.lane) && (!filter.operator || m.operator_id === filter.operator))
      .filter((m) => !words || m.lead_name!.toLowerCase().includes(words) || m.phone!.includes(words.replace(/\D/g, "") || "none"))
      .sort((a, b) => rank(a) - rank(b) || time(a) - time(b) || a.id.localeCompare(b.id));
  }

  page(filter: Filter, after: string | null, limit: number): MessagePage {
    return pageOf(this.matching(filter).map(({ operator_id: _o, lane_since: _s, before: _b, ...row }) => ({ ...row, ...(row.lane === "unknown" ? { dispatched_at: row.next_at, sender: this.simulated ? "dry_run" : "whatsapp" } : {}) })), after, limit);
  }

  leadsPage(filter: LeadFilter, after: string | null, limit: number): LeadPage {
    this.judge();
    return pageOf(this.matchingLeads(filter), after, limit);
  }

  leadCounts(filter: LeadFilter): LeadCounts {
    const counts = new Map<string, number>();
    for (const row of this.matchingLeads({ ...filter, status: null })) counts.set(row.status, (counts.get(row.status) ?? 0) + 1);
    const statuses = [...counts].map(([status, count]) => ({ status, count })).sort((a, b) => b.count - a.count);
    return { at: iso(this.now), total: this.matchingLeads(filter).length, statuses, more: false };
  }

  private matchingLeads(filter: LeadFilter) {
    const words = filter.search?.toLowerCase();
    const mixed = this.leads.flatMap((lead, n) => [lead, ...this.others.slice(n, n + 1)]).concat(this.others.slice(this.leads.length));
    return mixed
      .map((lead, n) => leadRow(n, lead, this.messages.filter((m) => m.lead_id === lead.id), this.now))
      .filter((row) => !words || row.name?.toLowerCase().includes(words) || row.phone?.includes(words.replace(/\D/g, "") || "none"))
      .filter((row) => !filter.status || row.status === filter.status)
      .filter((row) => !filter.whose || (filter.whose === "free" ? !row.owner_id : filter.whose === "mine" ? row.owner_is_me : row.owner_id !== null));
  }

  private known(id: string) {
    const all = [...this.leads, ...this.others];
    const n = all.findIndex((lead) => lead.id === id);
    if (n < 0) throw fail("not_found", "There is no lead with this id that you may see.", "It may have been deleted in the CRM, or belong to another client.");
    const messages = this.messages.filter((m) => m.lead_id === id);
    return { lead: all[n]!, messages, row: leadRow(n, all[n]!, messages, this.now) };
  }

  detail(id: string) {
    const { lead, row } = this.known(id);
    return this.ledger.detail(lead, row);
  }

  timeline(id: string, kind: string | null, after: string | null, limit: number) {
    const { lead, row, messages } = this.known(id);
    return pageOf(this.ledger.events(lead, row, messages).filter((event) => !kind || event.kind === kind), after, limit);
  }

  private verifying: { cancelled: boolean } | null = null;
  async verify() {
    const job = (this.verifying = { cancelled: false });
    const total = this.ledger.state().sealed;
    for (let done = 0; done <= total; done += Math.max(1, Math.ceil(total / 8))) {
      this.tell("desk://verify", { done, total });
      await new Promise((next) => setTimeout(next, 80));
      if (job.cancelled) throw fail("cancelled", "The ledger was not verified to its end: nothing is known.");
    }
    return this.ledger.verify();
  }
  cancelVerify() { if (this.verifying) this.verifying.cancelled = true; }

  jobsPage(filter: JobFilter, after: string | null, limit: number): JobPage {
    this.judge();
    const theirs = this.messages.map((message, n) => ({ row: jobRow(n, message, this.now), operator: message.operator_id }));
    return pageOf(theirs.filter(({ row, operator }) => (!filter.state || row.state === filter.state) && (!filter.operator || operator === filter.operator)).map(({ row }) => row), after, limit);
  }

  counts(): Counts {
    this.judge();
    const lanes = Object.fromEntries(LANES.map((lane) => [lane, this.messages.filter((m) => m.lane === lane).length]));
    const held = new Map<string, { reason: string; count: number; next_at: string | null }>();
    for (const m of this.messages.filter((m) => m.lane === "held")) {
      const entry = held.get(m.reason!) ?? { reason: m.reason!, count: 0, next_at: m.next_at };
      held.set(m.reason!, { ...entry, count: entry.count + 1, next_at: m.next_at && entry.next_at && m.next_at < entry.next_at ? m.next_at : entry.next_at });
    }
    const operators = OPERATORS.slice(0, this.scenario === "live" ? 3 : 1).map((o) => {
      const mine = this.messages.filter((m) => m.operator_id === o.user_id);
      const planned = mine.filter((m) => m.lane === "queued" || m.lane === "held").length;
      const used = mine.length - planned - mine.filter((m) => m.lane === "cancelled").length;
      return { user_id: o.user_id, name: o.name, used, planned, cap: o.cap };
    });
    return { at: iso(this.now), lanes, more: [], held: [...held.values()].sort((a, b) => b.count - a.count), operators, due: this.due().length, paused: this.paused, pause: this.paused ? this.pause : null, next_at: this.nextAt() };
  }

  private due() { return this.paused ? [] : this.messages.filter((m) => m.lane === "queued" && Date.parse(m.scheduled_for!) <= this.now); }
  private nextAt() {
    const waiting = this.messages.filter((m) => m.lane === "queued" || m.lane === "held").map((m) => m.next_at ?? m.scheduled_for!).filter((at) => Date.parse(at) > this.now);
    return this.paused ? null : (waiting.sort()[0] ?? null);
  }

  preview(day: string | null): Plan {
    const target = day ?? "2026-11-25";
    const weekday = new Date(`${target}T00:00Z`).getUTCDay();
    if (weekday === 5 || weekday === 6) throw fail("no_working_day", "Noa Shalev does not work on that day. Nothing was written.", "Choose another day.");
    const at = (h: number, m = 0) => Date.parse(`${target}T00:00:00Z`) + ((h - 2) * 60 + m) * MINUTE;
    const windows = [{ opens_at: iso(at(9)), closes_at: iso(at(13)) }, { opens_at: iso(at(14)), closes_at: iso(at(18, 30)) }];
    const live = new Set(this.messages.filter((m) => m.lane === "queued" || m.lane === "held").map((m) => m.lead_id));
    const lately = new Set(this.messages.filter((m) => ["sent", "delivered", "sending"].includes(m.lane)).map((m) => m.lead_id));
    const left: Plan["left_out"] = [];
    const items: Plan["items"] = [];
    for (const [n, lead] of this.leads.entries()) {
      const out = live.has(lead.id) ? ["already_queued", null] : lately.has(lead.id) ? ["contacted_recently", "until Fri 27 Nov"] : lead.owner ? ["taken_by", lead.owner] : n % 29 === 13 ? ["phone_not_valid", null]
        : n % 31 === 17 ? ["same_phone", this.leads[n - 3]!.name] : this.scenario === "zero" ? ["opted_out", null] : items.length >= 40 ? ["over_capacity", null] : null;
      if (out) { left.push({ lead_id: lead.id, name: lead.name, reason: out[0]!, detail: out[1]! }); continue; }
      let slot = at(9) + items.length * 6.4 * MINUTE + (items.length % 3) * MINUTE;
      if (slot >= at(13)) slot += 60 * MINUTE;
      items.push({ lead_id: lead.id, name: lead.name, phone: lead.phone, slot: iso(slot), position: items.length + 1, score: lead.score, fingerprint: `f${n}`, content: lead.text });
    }
    const plan: Plan = {
      id: crypto.randomUUID(), as_user: this.me.user_id, operator: this.me.name, day: target, zone: "Asia/Jerusalem", windows,
      capacity: { target: 100, max: 120, already: 4, per_hour: 12 }, candidates: items.length + left.length, items, left_out: left,
      warnings: items.length ? [{ code: "zone_unknown", count: 12 }] : [], made_at: iso(this.now),
    };
    this.plans.set(plan.id, plan);
    return plan;
  }

  apply(planId: string, withoutChanged: boolean): Receipt {
    const plan = this.plans.get(planId);
    if (!plan) throw fail("not_found", "This plan is not known any more. Nothing was written.", "Make a new one.");
    if (this.scenario === "stale" && !withoutChanged) throw fail("plan_stale", `3 of ${plan.items.length} leads changed since the plan was made. Nothing was queued.`, `Queue the other ${plan.items.length - 3}, or look at a new plan.`);
    const items = this.scenario === "stale" ? plan.items.slice(3) : plan.items;
    const added = items.map((item) => this.add(this.leads.find((l) => l.id === item.lead_id)!, Date.parse(item.slot)));
    this.plans.delete(planId);
    const skipped = added.length < plan.items.length ? [{ reason: "plan_changed", count: plan.items.length - added.length }] : [];
    const receipt = this.receipt("prepare", plan.items.length, added.length, { day: plan.day, plan_id: plan.id }, skipped);
    this.receipts.set(receipt.receipt_id, () => this.cancelAgain(plan.id, added));
    this.changed("messages");
    return receipt;
  }

  private cancelAgain(planId: string, added: MockMessage[]): Receipt {
    const open = added.filter((m) => m.lane === "queued" || m.lane === "held");
    open.forEach((m) => { this.toLane(m, "cancelled", this.now); m.reason = "undone"; });
    const late = added.length - open.length;
    this.changed("messages");
    return this.receipt("undo", added.length, open.length, { plan_id: planId }, late ? [{ reason: "already_sent", count: late }] : []);
  }

  take(leadId: string, expectedOwner: string | null): Receipt {
    const lead = [...this.leads, ...this.others].find((l) => l.id === leadId)!;
    if (lead.owner && lead.owner !== this.me.name && ownedBy(lead.owner).owner_id !== expectedOwner) return this.receipt("take", 1, 0, { lead_id: leadId, owner_name: lead.owner }, [{ reason: "taken_by", count: 1 }]);
    if (lead.owner === this.me.name) return this.receipt("take", 1, 0, { lead_id: leadId, owner_name: this.me.name }, [{ reason: "already_mine", count: 1 }]);
    const mine = this.messages.filter((m) => m.lead_id === leadId);
    const open = mine.filter((m) => m.lane === "queued" || m.lane === "held");
    lead.owner = this.me.name;
    lead.since = this.now;
    open.forEach((m) => { this.toLane(m, "cancelled", this.now); Object.assign(m, { reason: "taken", reason_detail: this.me.name }); });
    mine.forEach((m) => Object.assign(m, ownedBy(this.me.name, this.now)));
    const sent = mine.filter((m) => m.lane === "sent" || m.lane === "delivered").map((m) => ({ message_id: m.id, at: iso(m.lane_since), simulated: m.simulated }));
    const receipt = this.receipt("take", 1, 1, {
      lead_id: leadId, owner: this.me.user_id, owner_name: this.me.name, cancelled_messages: open.length, cancelled_jobs: open.length, dispatched_earlier: sent,
      on_the_wire: mine.filter((m) => m.lane === "sending").length, stage: { state: "written", word: "human_controlled" },
    });
    this.receipts.set(receipt.receipt_id, () => {
      lead.owner = null;
      mine.forEach((m) => Object.assign(m, ownedBy(null)));
      this.changed("messages", "jobs", "leads");
      return this.receipt("undo", 1, 1, { lead_id: leadId, owner: this.me.user_id });
    });
    this.changed("messages", "jobs", "leads");
    return receipt;
  }

  release(leadId: string): Receipt {
    const lead = [...this.leads, ...this.others].find((l) => l.id === leadId)!;
    if (lead.owner !== this.me.name) return this.receipt("release", 1, 0, { lead_id: leadId }, [{ reason: "not_owner", count: 1 }]);
    lead.owner = null;
    this.messages.filter((m) => m.lead_id === leadId).forEach((m) => Object.assign(m, ownedBy(null)));
    this.changed("messages", "jobs", "leads");
    return this.receipt("release", 1, 1, { lead_id: leadId });
  }

  undo(receiptId: string): Receipt {
    const act = this.receipts.get(receiptId);
    this.receipts.delete(receiptId);
    return act ? act() : this.receipt("undo", 1, 0, {}, [{ reason: "undone", count: 1 }]);
  }

  start(): RunStatus {
    if (this.run.state === "running") throw fail("already_running", "Automation is already running on this desk.");
    const history = this.scenario === "busy" || this.scenario === "live";
    this.run = { ...idle(), state: "running", run_id: crypto.randomUUID(), sender: "dry_run", operator: this.acting?.name ?? null, started_at: iso(this.now - (history ? 42 * MINUTE : 0)),
      per_minute: history ? Array.from({ length: 42 }, (_, n) => (n % 17 === 11 ? 0 : 2 + ((n * 5) % 4))) : [0] };
    if (history) this.run.totals = { claimed: 137, sent: 131, failed: 3, unknown: 1, returned: 2, cancelled: 0, rescued: 0 };
    this.timer = setInterval(() => this.tick(), 900);
    return this.status();
  }

  private tick() {
    for (const m of this.messages.filter((m) => m.lane === "sending")) {
      this.toLane(m, "sent", this.now);
      this.run.totals.sent++;
      this.run.per_minute[this.run.per_minute.length - 1]!++;
    }
    const due = this.messages.filter((m) => m.lane === "queued" && !this.paused && Date.parse(m.scheduled_for!) <= this.now + 10 * MINUTE);
    if (this.run.state === "running" && due[0]) { this.toLane(due[0], "sending", this.now); this.run.totals.claimed++; }
    if (this.run.state === "stopping") { clearInterval(this.timer); this.run.state = "idle"; }
    this.tell("desk://run", this.status());
    this.changed("messages");
  }

  stop(): RunStatus { if (this.run.state === "running") this.run.state = "stopping"; return this.status(); }
  status(): RunStatus { return { ...this.run, in_flight: this.messages.filter((m) => m.lane === "sending").length, next_at: this.nextAt() }; }

  stopEverything(): Receipt {
    const before = this.paused;
    this.paused = true;
    if (!before) this.pause = { by_name: ME.name, by_me: true, reason: null, at: iso(this.now), until: null };
    this.verbs.stopped();
    if (this.run.state === "running") Object.assign(this.run, { state: "stopping", stopped_because: "paused" });
    this.changed("automation", "messages");
    return this.receipt("stop", 1, before ? 0 : 1, { on_the_wire: this.status().in_flight }, before ? [{ reason: "already_paused", count: 1 }] : []);
  }

  resumed() { this.run.stopped_because = null; }

  async exportRows(filter: Filter): Promise<Receipt | null> {
    const rows = this.matching(filter).length;
    const job = (this.exporting = { cancelled: false });
    for (let done = 0; done <= rows; done += Math.max(1, Math.ceil(rows / 20))) {
      this.tell("desk://export", { rows: done, total: rows });
      await new Promise((next) => setTimeout(next, 80));
      if (job.cancelled) throw fail("cancelled", "The export was cancelled. No file was written.");
    }
    return this.receipt("export", rows, rows, { file: "queue-2026-11-24.csv" });
  }
  cancelExport() { if (this.exporting) this.exporting.cancelled = true; }

  jump(): Session {
    const next = this.nextAt();
    if (next) this.shift += Math.max(0, Date.parse(next) - this.now);
    this.changed("messages", "automation");
    return this.session();
  }

  async check() {
    await new Promise((done) => setTimeout(done, 600));
    const kind = this.scenario === "finding" || this.scenario === "notmigrated" ? "findings" : this.scenario === "fresh" ? "nothing" : "clean";
    return inventReport(kind, iso(this.now));
  }

  receipt(action: string, asked: number, changed: number, detail: object, skipped: Receipt["skipped"] = []): Receipt {
    const receipt: Receipt = { action, asked, changed, skipped, failed: [], receipt_id: uuid(3, this.serial++), ledger_id: null, detail: detail as Receipt["detail"] };
    const leadId = (detail as { lead_id?: string }).lead_id ?? null;
    this.ledger.keep(receipt, this.now, this.me, leadId, [...this.leads, ...this.others].find((lead) => lead.id === leadId)?.name ?? null, this.acting && ME.name);
    return receipt;
  }
}

export function pageOf<Row>(all: Row[], after: string | null, limit: number): { rows: Row[]; next: string | null } {
  const start = after ? Number(after) : 0;
  return { rows: all.slice(start, start + limit), next: start + limit < all.length ? String(start + limit) : null };
}

function idle(): RunStatus {
  const totals = { claimed: 0, sent: 0, failed: 0, unknown: 0, returned: 0, cancelled: 0, rescued: 0 };
  return { state: "idle", run_id: null, sender: null, operator: null, started_at: null, totals, in_flight: 0, next_at: null, per_minute: [], stopped_because: null };
}
