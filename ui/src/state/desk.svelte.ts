import { asError, type Commands } from "../ipc/commands";
import type { Receipt } from "../ipc/bindings/Receipt";
import { Clock } from "./clock.svelte";
import { CountsState } from "./counts.svelte";
import { ExportState } from "./export.svelte";
import { JobsState } from "./jobs.svelte";
import { LeadState } from "./lead.svelte";
import { LeadsState } from "./leads.svelte";
import { LedgerState } from "./ledger.svelte";
import { LogsState } from "./logs.svelte";
import { MessagesState } from "./messages.svelte";
import { PlanState } from "./plan.svelte";
import { ReceiptsState } from "./receipts.svelte";
import { Route } from "./route.svelte";
import { RunState } from "./run.svelte";
import { SchemaState } from "./schema.svelte";
import { SessionState } from "./session.svelte";
import { subjectOfLead, subjectOfMessage, type Subject } from "./subject";

const CALM = 10_000;
const WATCHING = 2_000;
const LOST = ["no_connection", "connection_lost"];
const SENDING = "sending";

/** The window's whole state: the nouns, how they are refreshed, and the verbs that touch more than one of them. */
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
  run: RunState;
  plan: PlanState;
  exporting: ExportState;
  schema: SchemaState;
  logs: LogsState;
  receipts: ReceiptsState;
  /** Real time of the last complete refresh, and whether the connection was lost since. */
  refreshedAt = $state<number | null>(null);
  lost = $state(false);
  /** One act at a time: a second press of the same button waits for the first answer. */
  acting = $state(false);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private later: ReturnType<typeof setTimeout> | undefined;
  private refreshing: Promise<void> | null = null;
  private again = false;
  private stops: (() => void)[] = [];

  constructor(private api: Commands) {
    this.session = new SessionState(api, this.clock);
    this.messages = new MessagesState(api);
    this.leads = new LeadsState(api);
    this.lead = new LeadState(api);
    this.jobs = new JobsState(api);
    this.ledger = new LedgerState(api);
    this.receipts = new ReceiptsState(api);
    this.counts = new CountsState(api);
    this.run = new RunState(api);
    this.plan = new PlanState(api);
    this.exporting = new ExportState(api);
    this.schema = new SchemaState(api);
    this.logs = new LogsState(api);
  }

  /** The list on the screen, if the place is one. */
  list = $derived.by(() => ({ queue: this.messages, leads: this.leads, jobs: this.jobs, ledger: this.ledger, lead: null, automation: null, schema: null })[this.route.place]);
  /** Whom take and hand back are about: the lead of the focused row. Jobs are only looked at. */
  subject = $derived.by((): Subject | null => {
    if (this.route.place === "lead") return this.lead.value && this.lead.id === this.route.leadId ? subjectOfLead(this.lead.value.lead) : null;
    if (this.route.place === "leads") return this.leads.focused && subjectOfLead(this.leads.focused);
    return this.route.place === "queue" && this.messages.focused ? subjectOfMessage(this.messages.focused) : null;
  });

  /** The database's time at which this window stopped everything: then it is known who did. */
  private stoppedHere = $state<number | null>(null);
  /** Everything is stopped, by this window or by any other desk. */
  paused = $derived.by(() => this.counts.value?.paused ?? false);
  /** When, if this window did it; why, if all that are held by it say the same. */
  stop = $derived.by(() => {
    const reasons = new Set(this.messages.rows.filter((row) => row.reason === "paused").map((row) => row.reason_detail));
    return { at: this.stoppedHere, why: reasons.size === 1 ? [...reasons][0]! : null };
  });
  /** Something may go this moment. */
  due = $derived.by(() => (this.counts.value?.due ?? 0) > 0);
  interval = $derived.by(() => (this.run.active || !this.session.value ? WATCHING : CALM));

  async open(): Promise<void> {
    this.clock.start();
    this.stops = await Promise.all([
      this.api.onChanged((topics) => this.changed(topics)),
      this.api.onRun((status) => this.run.take(status)),
      this.api.onVerify((progress) => this.ledger.take(progress)),
      this.api.onExport((progress) => this.exporting.take(progress)),
    ]);
    await this.session.load();
    await this.refresh();
    this.lookLater();
  }

  /** The sidebar's count of failed checks. By itself only where it costs others nothing, or is the login's task. */
  private lookLater() {
    const session = this.session.value;
    if (!session?.embedded && !session?.admin) return;
    this.later = setTimeout(() => this.session.ready && !this.schema.value && void this.schema.check(), 4_000);
  }

  close() {
    clearTimeout(this.timer);
    clearTimeout(this.later);
    this.clock.stop();
    this.stops.forEach((stop) => stop());
  }

  private changed(topics: string[]) {
    void this.refresh();
    if (topics.includes("schema") && this.schema.value) void this.schema.check();
  }

  /** Reads everything that is on the screen. A call during a refresh asks for one more, not for many. */
  refresh(): Promise<void> {
    if (this.refreshing) {
      this.again = true;
      return this.refreshing;
    }
    this.refreshing = this.readAll().finally(() => {
      this.refreshing = null;
      clearTimeout(this.timer);
      if (this.again) {
        this.again = false;
        this.timer = setTimeout(() => void this.refresh(), 300);
      } else this.timer = setTimeout(() => void this.refresh(), this.interval);
    });
    return this.refreshing;
  }

  private async readAll(): Promise<void> {
    if (!this.session.ready) await this.session.load();
    if (!this.session.ready) return;
    const stopped = this.paused;
    try {
      const other = this.list === this.messages ? null : this.list;
      const lead = this.route.place === "lead" && this.route.leadId ? this.lead.load(this.route.leadId) : null;
      const sealed = this.route.place === "ledger" ? this.ledger.loadState() : null;
      await Promise.all([this.messages.load(), other?.load(), lead, sealed, this.counts.load(), this.run.load()]);
      // The database's clock may have been moved by somebody else.
      if (this.counts.value) this.clock.set(this.counts.value.at);
      if (stopped && !this.paused) this.stoppedHere = null;
      // The connection is back: what could not be checked for want of it is asked again.
      if (this.lost) this.schema.error = null;
      this.refreshedAt = Date.now();
      this.lost = false;
    } catch (thrown) {
      this.lost = LOST.includes(asError(thrown).code);
    }
  }

  /** Runs one act, shows what it says it did, and reads again. Errors become a toast; a lost connection, the band. */
  private async act(verb: () => Promise<Receipt | null>, subject: string | null = null, about: string | null = null): Promise<Receipt | null> {
    if (this.acting) return null;
    this.acting = true;
    const receipt = await this.show(() => this.messages.during(verb), subject, about);
    this.acting = false;
    return receipt;
  }

  private async show(verb: () => Promise<Receipt | null>, subject: string | null = null, about: string | null = null): Promise<Receipt | null> {
    try {
      const receipt = await verb();
      if (receipt) this.receipts.add(receipt, subject, about);
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
    if (LOST.includes(error.code)) this.lost = true;
    this.receipts.fail(error);
  }

  /** `expectedOwner` is whom the screen showed: if it is somebody else by now, the receipt names the winner. */
  take(leadId: string, name: string | null, expectedOwner: string | null = null) {
    return this.act(() => this.api.takeLead(leadId, expectedOwner), name, leadId);
  }

  release(leadId: string, name: string | null, reason: string | null) {
    return this.act(() => this.api.releaseLead(leadId, reason), name, leadId);
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
    const about = this.receipts.notes.find((note) => note.id === noteId)?.about ?? null;
    this.receipts.dismiss(noteId);
    await this.act(() => this.api.undo(receiptId), subject, about);
  }

  /** True when the dialog may close: queued, or failed with a toast. False when the plan turned out stale. */
  async commitPlan(withoutChanged = false): Promise<boolean> {
    await this.act(() => this.plan.apply(withoutChanged));
    return this.plan.stale === null;
  }

  async toggleAutomation(): Promise<void> {
    try {
      await this.run.toggle();
    } catch (thrown) {
      this.fail(thrown);
    }
    void this.refresh();
  }

  /** Never waits for another act. */
  async stopEverything(): Promise<void> {
    const receipt = await this.show(() => this.messages.during(() => this.api.stopEverything()), null, SENDING);
    if (receipt?.changed) this.stoppedHere = this.clock.now;
  }

  resume() {
    return this.act(() => this.api.resume(), null, SENDING);
  }

  async jump(): Promise<void> {
    try {
      this.session.take(await this.messages.during(() => this.api.sampleJump()));
    } catch (thrown) {
      this.fail(thrown);
    }
    void this.refresh();
  }

  /** Long, so it does not hold up the other acts. */
  export() {
    return this.show(() => this.exporting.start(this.messages.filter));
  }
}
