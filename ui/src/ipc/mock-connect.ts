// Invented servers for the connect screen. The host says what happens: its first word is the database (crm, empty, fresh, old, newer, other)
// or what goes wrong (gone, closed, silent, expired, pooler, plain); the password "wrong" is refused.
import type { Connections } from "./bindings/Connections";
import type { DatabaseIs } from "./bindings/DatabaseIs";
import type { Destination } from "./bindings/Destination";
import type { Probe } from "./bindings/Probe";
import type { ProbeLine } from "./bindings/ProbeLine";
import type { Profile } from "./bindings/Profile";
import type { SetupPlan } from "./bindings/SetupPlan";

type Tell = (event: string, payload: unknown) => void;
const PAUSE = 180;
const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));
const fail = (code: string, message: string, hint?: string, field?: string) => ({ code, message, hint, field, retryable: code === "no_connection" });

const BAD: Record<string, [step: string, code: string, message: string, hint: string, field: string]> = {
  gone: ["name", "no_connection", "gone.example leads to no address: there is no such name.", "Is it written right? Is this computer online, or in the VPN that knows the name?", "host"],
  closed: ["tcp", "no_connection", "No server answers at closed.example:5432 (connection refused).", "Is the server running, and the address right?", "host"],
  silent: ["tls", "no_connection", "silent.example:5432 lets us in, and then says nothing.", "Another program may be listening there, or a firewall holds the connection.", "port"],
  expired: ["tls", "tls_failed", "The certificate of expired.example has expired.", "The server’s admin renews it. Is this computer’s date right?", "tls"],
  pooler: ["pooler", "pooler_transaction_mode", "This is a transaction pooler: two connections share one backend, and the statements of its clients get mixed up.", "Use port 5432: the session pooler (on Supabase the same address), or the direct address.", "port"],
};
const FINE: Record<string, [string, number | null]> = {
  name: ["db.harbour.example is 203.0.113.20.", 12], tcp: ["Port 5432 answers.", 38], tls: ["Encrypted; the certificate is for this host.", null], login: ["The server knows the login desk_noa.", 96],
  version: ["PostgreSQL 17.4.", null], pooler: ["Each connection has a backend of its own: direct, or a session pooler.", null], role: ["desk_noa is Noa Shalev, and may act.", null],
  tables: ["The CRM: 9314 leads, 12480 messages for this login. It is set up, and up to date.", null],
};
const IS: Record<string, DatabaseIs> = { crm: "not_migrated", empty: "empty", old: "outdated", newer: "newer", other: "other", fresh: "ready" };
const MAKES: [string, string, string][] = [
  ["queue_desk/0000_desk_group", "The group that holds the grants of every desk login.", "not written down"],
  ["queue_desk/0001_foundation", "Schema queue_desk: which database this is, who the operators are, and which login is whom.", "none on existing tables."],
  ["queue_desk/0003_ledger", "The ledger: every state change of messages, jobs, gates and settings, by whomever, and every receipt.", "none on existing tables."],
  ["queue_desk/functions/gate", "What stops all messages of one operator right now, and until when; no row: nothing does.", "none on tables: only functions are replaced"],
  ["queue_desk/0007_crm_row_security", "What a desk login may read of the CRM: its own messages and jobs, and the leads it may access.", "ACCESS EXCLUSIVE on each table named, for the catalogue change only."],
  ["queue_desk/0009_due_index", "The dispatcher’s order within an operator.", "SHARE UPDATE EXCLUSIVE; alone in its file because it cannot run in a transaction."],
];

const office: Profile = { name: "Office", host: "db.harbour.example", port: 5432, database: "crm", login: "desk_noa", tls: null, ca_file: null, environment: "production", guard: "confirm", asks_password: true, in_keychain: true };
const titleOf = (profile: Profile) => profile.name || `${profile.host}/${profile.database}`;

export class MockConnect {
  /** Where the window is; null: it asks. */
  at: Destination | null;
  private known: string[] = [];
  private saved: Profile[] = [];
  private keychain = true;
  private setUp = 0;
  private stopSetup = false;

  constructor(scenario: string, private tell: Tell) {
    this.at = ["first", "again", "saved", "nokeychain"].includes(scenario) ? null : { kind: "local" };
    if (scenario === "again") this.last = { kind: "server", profile: { name: "", host: "db.harbour.example", port: 5432, database: "crm", login: "desk_noa", tls: null, ca_file: null, environment: "production", guard: "confirm", asks_password: true, in_keychain: false } };
    if (scenario === "again" || scenario === "saved" || scenario === "nokeychain") this.saved = [office, { ...office, name: "Staging", host: "staging.harbour.example", environment: "staging", guard: "silent" }, { ...office, name: "Look only", guard: "read_only", in_keychain: false }];
    this.keychain = scenario !== "nokeychain";
  }
  private last: Destination | null = null;

  connections(): Connections {
    return { last: this.last, profiles: this.saved, known: this.known, sample_leads: 500, app_version: "0.1.0", unreadable: null, problem: null };
  }

  async test(profile: Profile, password: string | null): Promise<Probe> {
    for (const [field, value] of Object.entries({ host: profile.host, login: profile.login, database: profile.database })) if (!value) throw fail("bad_input", `The ${field} is missing.`, "Ask your admin for it.", field);
    if (!profile.port) throw fail("bad_input", "The port is a number from 1 to 65535.", "PostgreSQL listens on 5432.", "port");
    if (profile.port === 6543) throw fail("pooler_transaction_mode", "Port 6543 is a transaction pooler, which mixes up the statements of its clients. Nothing was done.", "Use port 5432: the session pooler (on Supabase the same address), or the direct address.", "port");
    const word = profile.host.split(".")[0]!;
    const account = `${profile.login}@${profile.host}:${profile.port}/${profile.database}`;
    const wrong = password === "wrong" ? ["login", "wrong_password", `${profile.host}:${profile.port} refused the login "${profile.login}": wrong password, or no such login.`, "Type it again, or ask your admin for a new one.", "password"] : undefined;
    const bad = wrong ?? BAD[word];
    const is = this.setUp > 0 ? "ready" : (IS[word] ?? "ready");
    const probe: Probe = { lines: [], database: bad ? null : is, offers: [], pending: 0, ask_admin: null, problem: null };
    for (const [step, [words, ms]] of Object.entries(FINE)) {
      const failed = bad?.[0] === step;
      const after = probe.problem !== null;
      if (!after) await wait(PAUSE);
      const line = { step, state: after ? "unknown" : failed ? "failed" : "ok", words: after ? "Not known yet." : failed ? bad[2] : words, hint: failed ? bad[3] : null, ms: after || failed ? null : ms } as ProbeLine;
      if (step === "tls" && profile.tls === "require" && line.state === "ok") Object.assign(line, { state: "warn", words: "Encrypted, and nobody checked who answers.", hint: "Choose verify-full, so that nobody can answer in the server’s place." });
      if (step === "tables" && line.state === "ok" && is !== "ready") Object.assign(line, { state: is === "other" ? "failed" : is === "empty" ? "ok" : "warn", words: is === "empty" ? "No table: the database is empty." : "The CRM: 9314 leads, 12480 messages for this login. It is not set up for Queue Desk yet." });
      if (failed) probe.problem = fail(bad[1]!, bad[2]!, bad[3], bad[4]) as Probe["problem"];
      probe.lines.push(line);
      this.tell("desk://probe", line);
    }
    if (bad) return probe;
    if (password) this.known = [...new Set([...this.known, account])];
    probe.pending = is === "ready" || is === "newer" || is === "other" ? 0 : MAKES.length;
    probe.offers = is === "ready" ? ["open", "read_only"] : is === "outdated" ? ["open", "read_only", "set_up"] : is === "newer" ? ["read_only"] : is === "other" ? ["look"] : ["look", "set_up"];
    if (profile.login === "desk_noa" && probe.pending) Object.assign(probe, { offers: probe.offers.filter((offer) => offer !== "set_up"), ask_admin: "The login desk_noa does not own the CRM's tables." });
    return probe;
  }

  async open(to: Destination): Promise<void> {
    await wait(to.kind === "local" ? 900 : PAUSE);
    this.at = this.last = to;
  }

  probe() {
    if (!this.keychain) throw fail("keychain_unavailable", "The keychain cannot be used: none answers. Nothing was kept.", "Start GNOME Keyring, KWallet or KeePassXC in this session and try again, or use the password for this run only.");
  }

  save(profile: Profile, replaces: string | null) {
    const title = titleOf(profile);
    if (title !== replaces && this.saved.some((saved) => titleOf(saved) === title)) throw fail("bad_input", `There is a connection called "${title}" already. Nothing was saved.`, "Choose another name.", "name");
    if (profile.in_keychain) this.probe();
    const at = this.saved.findIndex((saved) => titleOf(saved) === replaces);
    this.saved = at < 0 ? [profile, ...this.saved] : this.saved.with(at, profile);
  }

  remove(title: string) {
    this.saved = this.saved.filter((saved) => titleOf(saved) !== title);
  }

  close() {
    this.at = null;
  }

  plan(profile: Profile | null): SetupPlan {
    const steps = MAKES.map(([id, makes, locks], n) => ({ id, kind: id.includes("functions") ? "function" : "tx", state: n < this.setUp ? "done" : "pending", makes, locks }));
    return { database: profile ? `${profile.host}/${profile.database}` : "db.harbour.example/crm", login: profile?.login ?? "desk_noa", creates_crm: profile?.host.startsWith("empty") ?? false, steps, pending: MAKES.length - this.setUp, ask_admin: profile ? null : "The login desk_noa does not own the CRM's tables." };
  }

  async apply(profile: Profile | null): Promise<SetupPlan> {
    const of = MAKES.length - this.setUp;
    this.stopSetup = false;
    for (let done = 0; done < of; done++) {
      if (this.stopSetup) throw fail("cancelled", `Stopped before step ${MAKES[this.setUp]![0]}. The ${done} steps of this run are done and stay.`, "Set it up again at any time: it goes on from here.");
      this.tell("desk://setup", { done, of, step: MAKES[this.setUp]![0], place: "", rows: 0 });
      await wait(500);
      this.setUp++;
    }
    this.tell("desk://setup", { done: of, of, step: null, place: "", rows: 0 });
    return this.plan(profile);
  }

  cancelSetup() {
    this.stopSetup = true;
  }
}
