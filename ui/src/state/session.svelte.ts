import type { Error as WireError } from "../ipc/bindings/Error";
import type { Session } from "../ipc/bindings/Session";
import type { Commands } from "../ipc/commands";
import { asError } from "../ipc/commands";
import { t, word } from "../i18n/index";
import { Zone } from "../i18n/time";
import type { Clock } from "./clock.svelte";

/** Noa for Dana. */
export type Signed = { by: string; who: string };

/** Where this window is connected, as whom, and why acting may not be possible. */
export class SessionState {
  value = $state.raw<Session | null>(null);
  error = $state.raw<WireError | null>(null);

  constructor(
    private api: Commands,
    private clock: Clock,
  ) {}

  zone = $derived(new Zone(this.value?.zone ?? "UTC"));

  /** The stripe, the chip and the word: a live database looks different from every place of the window. */
  env = $derived.by((): { kind: "none" | "local" | "staging" | "production"; word: string } => {
    const session = this.value;
    if (!session) return { kind: "none", word: t.frame.notConnected };
    // What a database is for is known once it is set up.
    if (session.database !== "ready") return { kind: "none", word: word(t.frame.envNotReady, session.database) };
    if (session.embedded) return { kind: "local", word: t.frame.envLocal };
    return session.sample ? { kind: "local", word: t.frame.envSample } : { kind: session.environment, word: word(t.frame.env, session.environment) };
  });

  /** Acts on many are asked about here: which database it is about. Null: they are not. */
  guard = $derived.by((): string | null => (this.value?.guard === "confirm" ? t.guard.on(this.env.word, this.value.name) : null));

  /** The other operator that this window acts for, and why it cannot any more. */
  actingFor = $derived.by(() => this.value?.acting_for ?? null);

  /** Who signs and for whom, where that is somebody else. */
  signed = $derived.by((): Signed | null => (this.actingFor ? { by: this.value!.operator?.name ?? this.value!.login, who: this.actingFor.name } : null));

  /** Whether this login may choose for whom to act. */
  mayActFor = $derived.by(() => this.value?.database === "ready" && this.value.admin && !this.value.read_only);

  /** The login's own operator, whomever it acts for. */
  isMe(userId: string | null): boolean {
    return userId !== null && userId === this.value?.operator?.user_id;
  }

  /** Null: so it is from now on. */
  async actFor(userId: string): Promise<WireError | null> {
    try {
      this.take(await this.api.actFor(userId));
      return null;
    } catch (thrown) {
      return asError(thrown);
    }
  }

  async actForMyself(): Promise<void> {
    await this.api.actForMyself();
    if (this.value) this.value = { ...this.value, acting_for: null };
  }

  /** Why no action is possible here at all, or null. */
  blocked = $derived.by((): string | null => {
    const session = this.value;
    if (!session) return t.blocked.connecting;
    if (session.database !== "ready") return t.blocked.notReady;
    if (session.read_only_reason === "app_too_old") return t.blocked.tooOld(session.min_app_version ?? "");
    if (session.read_only_reason === "chosen") return t.blocked.readOnlyChosen;
    if (session.read_only_reason === "standby") return t.blocked.readReplica;
    if (session.read_only_reason === "server") return t.blocked.readOnlyServer;
    if (session.read_only) return t.blocked.readOnly;
    if (session.acting_for?.ended) return t.acting.ended(session.acting_for.name, session.acting_for.ended);
    return session.operator || session.acting_for ? null : t.blocked.noOperator;
  });

  /** No database is open, and none is on its way: the window asks for one. */
  get asking(): boolean {
    return this.value === null && this.error?.code === "not_connected";
  }

  /** Somebody wants to see a CRM that is not set up: its rows are shown, and every act says why not. */
  looking = $state(false);

  get ready(): boolean {
    return this.value?.database === "ready" || (this.looking && this.value?.database === "not_migrated");
  }

  async load(): Promise<void> {
    try {
      this.take(await this.api.session());
    } catch (thrown) {
      this.error = asError(thrown);
    }
  }

  /** The clock follows: the answer carries the database's time. */
  take(session: Session) {
    this.value = session;
    this.error = null;
    this.clock.set(session.now);
  }
}
