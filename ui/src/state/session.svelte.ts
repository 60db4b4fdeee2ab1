import type { Error as WireError } from "../ipc/bindings/Error";
import type { Session } from "../ipc/bindings/Session";
import type { Commands } from "../ipc/commands";
import { asError } from "../ipc/commands";
import { t, word } from "../i18n/index";
import { Zone } from "../i18n/time";
import type { Clock } from "./clock.svelte";

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

  /** Why no action is possible here at all, or null. */
  blocked = $derived.by((): string | null => {
    const session = this.value;
    if (!session) return t.blocked.connecting;
    if (session.database !== "ready") return t.blocked.notReady;
    if (session.read_only_reason === "app_too_old") return t.blocked.tooOld(session.min_app_version ?? "");
    if (session.read_only_reason === "chosen") return t.blocked.readOnlyChosen;
    if (session.read_only_reason === "server") return t.blocked.readOnlyServer;
    if (session.read_only) return t.blocked.readOnly;
    return session.operator ? null : t.blocked.noOperator;
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
