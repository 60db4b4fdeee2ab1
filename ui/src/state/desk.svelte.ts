import { t } from "../i18n/index";
import { asError, type Commands } from "../ipc/commands";
import type { MessageRow } from "../ipc/bindings/MessageRow";
import type { Error as WireError } from "../ipc/bindings/Error";
import type { FeedStatus } from "../ipc/bindings/FeedStatus";
import type { Receipt } from "../ipc/bindings/Receipt";
import { Clock } from "./clock.svelte";
import { ConnectState } from "./connect.svelte";
import { CountsState } from "./counts.svelte";
import { EraseState } from "./erase.svelte";
import { ExportState } from "./export.svelte";
import { FeedState } from "./feed.svelte";
import { JobsState } from "./jobs.svelte";
import { LeadState } from "./lead.svelte";
import { LeadsState } from "./leads.svelte";
import { LedgerState } from "./ledger.svelte";
import { MetricsState } from "./metrics.svelte";
import { LogsState } from "./logs.svelte";
import { MessagesState } from "./messages.svelte";
import { OperatorsState } from "./operators.svelte";
import { PausesState } from "./pauses.svelte";
import { QuarantineState } from "./quarantine.svelte";
import { PlanState } from "./plan.svelte";
import { ReceiptsState, type About } from "./receipts.svelte";
import { Route } from "./route.svelte";
import { RunState } from "./run.svelte";
import { SchemaState } from "./schema.svelte";
import { SessionState } from "./session.svelte";
import { SetupState } from "./setup.svelte";
import { subjectOfLead, subjectOfMessage, type Subject } from "./subject";
import { SENDING, Verbs } from "./verbs.svelte";

/** What only time changes (a slot comes, a counter starts again), while changes come by themselves. */
const SLOW = 30_000;
/** Everything, where no feed tells. */
const CALM = 10_000;
/** Until the connection is there. */
const TRYING = 2_000;
/** A burst of changes is one refresh in this time. */
const BURST = 500;
/** The topics that the lists show. */
const LISTS = { queue: "messages", leads: "leads", jobs: "jobs", ledger: "ledger" } as const;
const ABOUT_A_LEAD = ["messages", "leads", "ledger"];
const ALL = ["messages", "leads", "jobs", "metrics", "automation", "ledger"];
/** Refusals that may mean that acting for somebody is over. */
const ENDS = ["no_operator", "no_permission"];
const LOST = ["no_connection", "connection_lost", "wrong_password"];

/** The window's whole state on one database: the nouns, how they are refreshed, and the verbs that touch more than one of them. */
export class Desk {
  clock = new Clock();
  route = new Route();
  session: SessionState;
  messages: MessagesState;
  leads: LeadsState;
  lead: LeadState;
  jobs: JobsState;
  ledger: LedgerState;
  counts: CountsState;
  metrics: MetricsState;
  feed: FeedState;
  run: RunState;
  plan: PlanState;
  exporting: ExportState;
  schema: SchemaState;
  quarantine: QuarantineState;
  erasing: EraseState;
  operators: OperatorsState;
  pauses: PausesState;
  verbs: Verbs;
  connect: ConnectState;
  /** Setting up the database that is open. */
  setup: SetupState;
  logs: LogsState;
  receipts: ReceiptsState;
  /** Real time of the last refresh. */
  refreshedAt = $state<number | null>(null);
  /** Real time since when a call found no connection. */
  private missedAt = $state<number | null>(null);
  /** The server refuses the password by now: only a person can help. */
  refused = $state(false);
  /** One act at a time: a second press of the same button waits for the first answer. */
  acting = $state(false);
  leaving = $state(false);
  leaveError = $state.raw<WireError | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private burst: ReturnType<typeof setTimeout> | undefined;
  private later: ReturnType<typeof setTimeout> | undefined;
  private refreshing: Promise<void> | null = null;
  /** Topics that changed since they were read. */
  private stale = new Set<string>();
  private readAt = 0;
  private allReadAt = 0;
  private stops: (() => void)[] = [];
  private closed = false;

  /** `onswitch`: another database was opened, or this one closed. Nothing of this desk is true any more: a new one takes its place. */
  constructor(
    private api: Commands,
    private onswitch: () => void = () => {},
  ) {
    this.session = new SessionState(api, this.clock);
    this.messages = new MessagesState(api);
    this.leads = new LeadsState(api);
    this.lead = new LeadState(api);
    this.jobs = new JobsState(api);
    this.ledger = new LedgerState(api);
    this.receipts = new ReceiptsState(api);
    this.counts = new CountsState(api);
    this.metrics = new MetricsState(api, (thrown) => this.miss(thrown));
    this.feed = new FeedState(api);
    this.run = new RunState(api);
    this.plan = new PlanState(api);
    this.exporting = new ExportState(api);
    this.schema = new SchemaState(api);
    this.quarantine = new QuarantineState(api);
    this.erasing = new EraseState(api);
    this.operators = new OperatorsState(api);
    this.pauses = new PausesState(api);
    this.verbs = new Verbs(api, (verb, about) => this.act(verb, about), this.messages);
    this.setup = new SetupState(api);
    this.connect = new ConnectState(api, () => this.onswitch());
    this.logs = new LogsState(api);
  }

  /** The list on the screen, if the place is one. */
  list = $derived.by(() => ({ queue: this.messages, leads: this.leads, jobs: this.jobs, ledger: this.ledger, lead: null, automation: null, metrics: null, schema: null })[this.route.place]);
  /** Whom take and hand back are about: the lead of the focused row. Jobs are only looked at. */
  subject = $derived.by((): Subject | null => {
    if (this.route.place === "lead") return this.lead.value && this.lead.id === this.route.leadId ? subjectOfLead(this.lead.value.lead) : null;
    if (this.route.place === "leads") return this.leads.focused && subjectOfLead(this.leads.focused);
    return this.route.place === "queue" && this.messages.focused ? subjectOfMessage(this.messages.focused) : null;
  });

  /** What the verbs on messages are about: those that were chosen, else the one in focus. */
  targets = $derived.by((): MessageRow[] => {
    if (this.route.place !== "queue") return [];
    const { selection, focused } = this.messages;
    return selection.count ? selection.rows : focused ? [focused] : [];
  });

  /** The messages that the open dialog is about. */
  asked = $state.raw<MessageRow[]>([]);

  /** Everything is stopped, by this window or by any other desk. */
  paused = $derived.by(() => this.counts.value?.paused ?? false);
  /** Since when what is shown may be old; null while the database answers. */
  lostSince = $derived.by(() => (this.feed.offline ? this.feed.since : this.missedAt));
  lost = $derived(this.lostSince !== null);
  /** Something may go this moment. */
  due = $derived.by(() => (this.counts.value?.due ?? 0) > 0);
  /** Milliseconds from one reading of everything to the next; earlier when the next message becomes due. */
  interval = $derived.by(() => {
    if (!this.session.value || this.missedAt !== null) return TRYING;
    if (!this.feed.follows) return CALM;
    const next = Date.parse(this.counts.value?.next_at ?? "") - this.clock.now + 500;
    return next > 0 ? Math.min(SLOW, Math.max(CALM, next)) : SLOW;
  });

  async open(): Promise<void> {
    this.clock.start();
    const stops = await Promise.all([
      this.api.onChanged((topics) => this.changed(topics)),
      this.api.onFeed((status) => this.follow(status)),
      this.api.onSettled((settled) => this.receipts.settle(settled)),
      this.api.onRun((status) => this.run.take(status)),
      this.api.onVerify((progress) => this.ledger.take(progress)),
      this.api.onExport((progress) => this.exporting.take(progress)),
      this.api.onProbe((line) => this.connect.take(line)),
      this.api.onSetup((progress) => (this.schema.mending ? this.schema : this.session.value ? this.setup : this.connect.setup).take(progress)),
    ]);
    if (this.closed) return stops.forEach((stop) => stop());
    this.stops = stops;
    await this.meet();
    if (this.session.asking) await this.connect.load();
    await this.refresh();
    this.lookLater();
  }

  /** The sidebar's count of failed checks. By itself only where it costs others nothing, or is the login's task. */
  private lookLater() {
    const session = this.session.value;
    if (!session?.embedded && !session?.admin) return;
    this.later = setTimeout(() => this.session.ready && !this.schema.value && void this.schema.check(), 4_000);
  }

  /** Shows the rows of a CRM that is not set up. */
  lookAtQueue() {
    this.session.looking = true;
    this.route.go("queue");
    void this.refresh();
  }

  private async meet(): Promise<void> {
    await this.session.load();
    if (this.session.value && !this.feed.value) await this.feed.load().catch(() => {});
  }

  close() {
    this.closed = true;
    this.route.close();
    clearTimeout(this.timer);
    clearTimeout(this.burst);
    clearTimeout(this.later);
    this.clock.stop();
    this.stops.forEach((stop) => stop());
  }

  /** A call says why the database is away: it may want another password. */
  private follow(status: FeedStatus) {
    this.feed.take(status);
    if (this.feed.offline) void this.refresh();
  }

  private changed(topics: string[]) {
    topics.forEach((topic) => this.stale.add(topic));
    this.feed.lastEventAt = Date.now();
    if (topics.includes("schema") && this.schema.value) void this.schema.check();
    this.soon();
  }

  private soon() {
    if (this.refreshing || this.burst !== undefined) return;
    this.burst = setTimeout(() => void this.read(), Math.max(0, this.readAt + BURST - Date.now()));
  }

  /** Reads everything that is on the screen. A call during a refresh asks for one more, not for many. */
  refresh(): Promise<void> {
    ALL.forEach((topic) => this.stale.add(topic));
    return this.refreshing ?? this.read();
  }

  private read(): Promise<void> {
    clearTimeout(this.burst);
    this.burst = undefined;
    const topics = new Set(this.stale);
    this.stale.clear();
    this.readAt = Date.now();
    if (ALL.every((topic) => topics.has(topic))) this.allReadAt = this.readAt;
    this.refreshing = this.readWhatIs(topics).then((done) => {
      this.refreshing = null;
      if (!done) topics.forEach((topic) => this.stale.add(topic));
      else if (this.stale.size) this.soon();
      clearTimeout(this.timer);
      if (this.closed || !this.worthAsking) return;
      this.timer = setTimeout(() => void this.refresh(), Math.max(0, (done ? this.allReadAt : this.readAt) + this.interval - Date.now()));
    });
    return this.refreshing;
  }

  /** A refusal that will be the same again is not asked for again by itself: servers shut out who tries a wrong password too often. */
  private get worthAsking(): boolean {
    return this.session.value !== null || (this.session.error?.retryable ?? true);
  }

  /** True when everything that is stale and on the screen was read. */
  private async readWhatIs(stale: Set<string>): Promise<boolean> {
    // A CRM that is looked at may be set up meanwhile, by whomever.
    if ((!this.session.ready || this.session.looking) && !this.session.asking) await this.meet();
    if (!this.session.ready) return true;
    const place = this.route.place;
    const automation = stale.has("automation");
    try {
      await Promise.all([
        this.list && stale.has(LISTS[place as keyof typeof LISTS]) && this.list.load(),
        place === "lead" && this.route.leadId && ABOUT_A_LEAD.some((topic) => stale.has(topic)) && this.lead.load(this.route.leadId),
        place === "metrics" && (stale.has("metrics") || stale.has("messages")) && this.metrics.freshen(),
        place === "ledger" && stale.has("ledger") && this.ledger.loadState(),
        (automation || stale.has("messages")) && this.counts.load(),
        automation && this.run.load(),
        automation && this.session.actingFor && this.session.load(),
      ]);
      // The database's clock may have been moved by somebody else.
      if (this.counts.value) this.clock.set(this.counts.value.at, this.counts.readAt);
      if (this.paused || (automation && place === "automation")) await this.pauses.load();
      // The connection is back: what could not be checked for want of it is asked again.
      if (this.missedAt !== null) this.schema.error = null;
      this.refreshedAt = Date.now();
      // Another server may answer now, or the same one be read only.
      if (this.missedAt !== null) void this.session.load();
      this.missedAt = null;
      this.refused = false;
      return true;
    } catch (thrown) {
      this.miss(thrown);
      return false;
    }
  }

  private miss(thrown: unknown) {
    const { code } = asError(thrown);
    if (LOST.includes(code)) this.missedAt ??= Date.now();
    if (code === "wrong_password") this.refused = true;
  }

  /** Runs one act, shows what it says it did, and reads again. Errors become a toast; a lost connection, the band. */
  private async act(verb: () => Promise<Receipt | null>, about: Partial<About> = {}): Promise<Receipt | null> {
    if (this.acting) return null;
    this.acting = true;
    const receipt = await this.show(() => this.messages.during(verb), about);
    this.acting = false;
    return receipt;
  }

  private async show(verb: () => Promise<Receipt | null>, about: Partial<About> = {}): Promise<Receipt | null> {
    const signed = this.session.signed;
    try {
      const receipt = await verb();
      if (receipt) this.receipts.add(receipt, { ...about, signed });
      return receipt;
    } catch (thrown) {
      this.fail(thrown);
      return null;
    } finally {
      void this.refresh();
    }
  }

  private fail(thrown: unknown) {
    const error = asError(thrown);
    this.miss(thrown);
    this.receipts.fail(error);
    // The operator was retired, or this login is no admin any more: the band says so.
    if (this.session.actingFor && ENDS.includes(error.code)) void this.session.load();
  }

  /** Everything is done for this operator from here on. What is mine on the screen is theirs then. */
  async actFor(userId: string): Promise<WireError | null> {
    const refused = await this.session.actFor(userId);
    if (!refused) void this.refresh();
    return refused;
  }

  async actForMyself(): Promise<void> {
    await this.session.actForMyself();
    void this.refresh();
  }

  /** `expectedOwner` is whom the screen showed: if it is somebody else by now, the receipt names the winner. */
  take(leadId: string, name: string | null, expectedOwner: string | null = null) {
    return this.act(() => this.api.takeLead(leadId, expectedOwner), { subject: name, about: leadId });
  }

  release(leadId: string, name: string | null, reason: string | null) {
    return this.act(() => this.api.releaseLead(leadId, reason), { subject: name, about: leadId });
  }

  /** A receipt of the ledger, by its id where its row is not at hand. */
  async openReceipt(receipt: Receipt | string, subject: string | null = null): Promise<void> {
    try {
      const known = typeof receipt === "string" ? (await this.api.receiptGet(receipt)).receipt : receipt;
      const shown = this.receipts.show(this.receipts.noteOf(known, subject));
      this.route.dialog = "receipt";
      await shown;
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  async undo(noteId: number, receiptId: string, subject: string | null = null): Promise<void> {
    const note = this.receipts.notes.find(({ id }) => id === noteId) ?? this.receipts.open;
    this.receipts.dismiss(noteId);
    await this.act(() => this.api.undo(receiptId), { subject, about: note?.about ?? null, said: note?.said ?? null, undone: note?.receipt?.action ?? null });
  }

  /** True when the dialog may close: queued, or failed with a toast. False when the plan turned out stale. */
  async commitPlan(withoutChanged = false): Promise<boolean> {
    await this.act(() => this.plan.apply(withoutChanged));
    return this.plan.stale === null;
  }

  /** What the guard asks about before it is done. */
  question = $state.raw<{ what: string; go: () => unknown } | null>(null);

  /** Does it; where it is about many and the connection's guard says so, after a question. */
  async guarded(what: string, many: boolean, go: () => unknown): Promise<void> {
    if (!many || this.session.guard === null) return void (await go());
    this.question = { what, go };
    this.route.dialog = "guard";
  }

  /** Starting is asked about where the guard says so; stopping never. */
  toggleAutomation(): Promise<void> {
    return this.guarded(t.guard.start, !this.run.active, () => this.startOrPause());
  }

  private async startOrPause(): Promise<void> {
    try {
      await this.run.toggle();
    } catch (thrown) {
      this.fail(thrown);
    }
    void this.refresh();
  }

  /** Never waits for another act. */
  stopEverything() {
    return this.show(() => this.messages.during(() => this.api.stopEverything()), { about: SENDING });
  }

  resume() {
    return this.act(() => this.api.resume("all", null), { about: SENDING });
  }

  async jump(): Promise<void> {
    try {
      this.session.take(await this.messages.during(() => this.api.sampleJump()));
    } catch (thrown) {
      this.fail(thrown);
    }
    void this.refresh();
  }

  /** Closes this database for another. While automation runs here, the dialog asks first. */
  async leave(stopAutomation = false): Promise<void> {
    if (this.leaving) return;
    if (this.run.active && !stopAutomation) {
      this.route.dialog = "switch";
      return;
    }
    this.leaving = true;
    this.leaveError = null;
    try {
      await this.api.connectClose(stopAutomation);
      this.onswitch();
    } catch (thrown) {
      const error = asError(thrown);
      if (error.code === "already_running") this.route.dialog = "switch";
      else this.leaveError = error;
      if (!stopAutomation && error.code !== "already_running") this.receipts.fail(error);
    } finally {
      this.leaving = false;
    }
  }

  /** Sets the open database up, and reads what it is then. */
  async applySetup(): Promise<void> {
    if (await this.setup.apply()) await this.refresh();
  }

  /** Mends the open database, and reads what it is then; the check is made anew by the news of it. */
  async mend(): Promise<void> {
    await this.schema.mend();
    await this.refresh();
  }

  /** A file of what the metrics show. Where it went is said in its place, and a refusal in a toast. */
  async saveFigures(): Promise<void> {
    try {
      await this.metrics.save();
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  /** Long, so it does not hold up the other acts. */
  export() {
    return this.show(() => this.exporting.start(this.messages.filter));
  }
}
