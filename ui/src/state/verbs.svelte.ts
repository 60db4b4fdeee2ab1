import type { MessageRow } from "../ipc/bindings/MessageRow";
import type { PauseRow } from "../ipc/bindings/PauseRow";
import type { Receipt } from "../ipc/bindings/Receipt";
import type { Commands, Outcome, PauseScope } from "../ipc/commands";
export type { Outcome, PauseScope } from "../ipc/commands";
import type { MessagesState } from "./messages.svelte";
import type { About } from "./receipts.svelte";

type Act = (verb: () => Promise<Receipt | null>, about?: Partial<About>) => Promise<Receipt | null>;
export type Stop = { scope: PauseScope; subject: string | null; until: string | null; reason: string | null };

/** All sending: what stops and resumes it is about the same thing. */
export const SENDING = "sending";
export const pauseKey = (scope: string, subject: string | null): string => (scope === "all" ? SENDING : `pause:${scope}:${subject}`);
const ids = (rows: MessageRow[]): string[] => rows.map((row) => row.id);

/** The verbs on messages, people and pauses. Each answers with the receipt, or null when it was refused; both are shown. */
export class Verbs {
  constructor(
    private api: Commands,
    private act: Act,
    private messages: MessagesState,
  ) {}

  cancel(rows: MessageRow[], reason: string | null) {
    return this.done(() => this.api.cancelMessages(ids(rows), reason));
  }

  retry(rows: MessageRow[]) {
    return this.done(() => this.api.retryMessages(ids(rows)));
  }

  settle(rows: MessageRow[], outcome: Outcome, note: string | null) {
    return this.done(() => this.api.resolveUnknown(ids(rows), outcome, note), outcome);
  }

  /** Null: everything that waits, is mine and was queued by another program. */
  adopt(rows: MessageRow[] | null) {
    return this.done(() => this.api.adoptMessages(rows && ids(rows)));
  }

  /** `said` is the time as the person chose it. */
  reschedule(rows: MessageRow[], at: string, said: string) {
    return this.act(() => this.api.rescheduleMessages(ids(rows), at), { said });
  }

  priority(rows: MessageRow[], priority: number, said: string) {
    return this.act(() => this.api.setPriority(ids(rows), priority), { said });
  }

  assign(rows: MessageRow[], to: { user_id: string; name: string }) {
    return this.act(() => this.api.assignMessages(ids(rows), to.user_id), { said: to.name });
  }

  optOut(leadId: string, name: string | null, reason: string | null) {
    return this.act(() => this.api.optOut(leadId, reason), { subject: name, about: `opt_out:${leadId}` });
  }

  /** `person`: the lead that is paused, which privacy mode hides; `said`: anybody or anything else. */
  pause(stop: Stop, person: string | null, said: string | null) {
    return this.act(() => this.api.pause(stop.scope, stop.subject, stop.until, stop.reason), { subject: person, said, about: pauseKey(stop.scope, stop.subject) });
  }

  lift(pause: PauseRow) {
    const name = { [pause.scope === "lead" ? "subject" : "said"]: pause.scope === "all" ? null : (pause.subject_name ?? pause.subject) };
    return this.act(() => this.api.resume(pause.scope as PauseScope, pause.subject), { ...name, about: pauseKey(pause.scope, pause.subject) });
  }

  addOperator(userId: string, name: string, login: string | null, admin: boolean, runner: boolean) {
    return this.act(() => this.api.operatorAdd(userId, name, login, admin, runner), { said: name });
  }

  /** Makes the login too. */
  makeLogin(userId: string, name: string, login: string, admin: boolean, runner: boolean, password: string | null) {
    return this.act(() => this.api.loginCreate(userId, name, login, admin, runner, password), { said: name });
  }

  /** A new password, which is made and goes to the clipboard; `reopen` opens a login that was closed. */
  renewLogin(login: string, reopen: boolean, name: string) {
    return this.act(() => this.api.loginRenew(login, reopen, null), { said: name });
  }

  /** And closes the logins. */
  retireOperator(userId: string, name: string) {
    return this.act(() => this.api.loginClose(userId), { said: name });
  }

  /** The name is gone with the person: it is not said. */
  erase(leadId: string, others: string[]) {
    return this.act(() => this.api.erasePerson(leadId, others));
  }

  deactivateOperator(userId: string, name: string) {
    return this.act(() => this.api.operatorDeactivate(userId), { said: name });
  }

  /** What they did is in another lane now: the choice is over. */
  private async done(verb: () => Promise<Receipt>, said: string | null = null): Promise<Receipt | null> {
    const receipt = await this.act(verb, { said });
    if (receipt?.changed) this.messages.selection.clear();
    return receipt;
  }
}
