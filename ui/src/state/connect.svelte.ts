import type { Connections } from "../ipc/bindings/Connections";
import type { Environment } from "../ipc/bindings/Environment";
import type { Error as WireError } from "../ipc/bindings/Error";
import type { Guard } from "../ipc/bindings/Guard";
import type { Offer } from "../ipc/bindings/Offer";
import type { Probe } from "../ipc/bindings/Probe";
import type { ProbeLine } from "../ipc/bindings/ProbeLine";
import type { Profile } from "../ipc/bindings/Profile";
import { asError, type Commands } from "../ipc/commands";
import { readAddress, type Address } from "./address";
import { SetupState } from "./setup.svelte";

export const ANSWERS = ["sample", "crm", "empty"] as const;
export type Answer = (typeof ANSWERS)[number];
export type Form = Omit<Address, "password"> & { name: string; caFile: string | null; environment: Environment; guard: Guard; inKeychain: boolean };

const TRANSACTION_POOLER = "6543";
const EMPTY: Form = { host: "", port: "5432", database: "postgres", login: "", tls: null, name: "", caFile: null, environment: "production", guard: "confirm", inKeychain: false };
/** As the program calls it: the name, else host/database. */
export const titleOf = ({ name, host, database }: Profile): string => name.trim() || `${host}/${database}`;

/** The screen of a window without a database: which one, the way there, and what it is. */
export class ConnectState {
  info = $state.raw<Connections | null>(null);
  answer = $state<Answer>("crm");
  form = $state<Form>({ ...EMPTY });
  /** Only until the server has accepted it. */
  password = $state("");
  lines = $state.raw<ProbeLine[]>([]);
  testing = $state(false);
  probe = $state.raw<Probe | null>(null);
  opening = $state<"local" | "open" | "read_only" | null>(null);
  /** What was refused, with the field that it is about. */
  error = $state.raw<WireError | null>(null);
  /** Why the keychain keeps nothing. */
  keychainError = $state.raw<WireError | null>(null);
  probing = $state(false);
  /** The saved connection that the form changes. */
  editing = $state<string | null>(null);
  saving = $state(false);
  /** The saved connection that is being opened. */
  openingSaved = $state<string | null>(null);
  setup: SetupState;
  private turn = 0;

  constructor(
    private api: Commands,
    private opened: () => void,
  ) {
    this.setup = new SetupState(api);
  }

  reached = $derived(this.probe !== null && this.probe.database !== null);
  /** Whose password the form asks for. */
  private account = $derived(`${this.form.login.trim()}@${this.form.host.trim()}:${this.form.port.trim()}/${this.form.database.trim()}`);
  /** This run knows the password of this very account. */
  known = $derived(this.info?.known.includes(this.account) ?? false);
  /** The form is where this person was last, and the password was for that run only. */
  again = $derived.by(() => {
    const last = this.info?.last;
    if (last?.kind !== "server" || !last.profile.asks_password || last.profile.in_keychain || this.known) return false;
    const { login, host, port, database } = last.profile;
    return this.account === `${login}@${host}:${port}/${database}`;
  });
  transactionPooler = $derived(this.form.port.trim() === TRANSACTION_POOLER);
  busy = $derived.by(() => this.testing || this.opening !== null || this.setup.running);

  offers(offer: Offer): boolean {
    return this.probe?.offers.includes(offer) ?? false;
  }

  async load(): Promise<void> {
    try {
      this.info = await this.api.connections();
    } catch (thrown) {
      this.error = asError(thrown);
      return;
    }
    const last = this.info.last;
    this.error = this.info.problem;
    if (last?.kind === "local") this.answer = "sample";
    if (last?.kind === "server") {
      this.fill(last.profile);
    }
  }

  private fill(profile: Profile) {
    const { name, host, port, database, login, tls, ca_file, environment, guard, in_keychain } = profile;
    this.form = { name, host, port: String(port), database, login, tls, caFile: ca_file, environment, guard, inKeychain: in_keychain };
    this.editing = titleOf(profile);
    this.password = "";
    this.answer = "crm";
  }

  /** A saved connection, in the form. */
  edit(profile: Profile) {
    if (this.busy) return;
    this.forget();
    this.fill(profile);
  }

  /** Its password is not copied before it is saved. */
  duplicate(profile: Profile) {
    this.edit({ ...profile, name: this.freeName(titleOf(profile)) });
    this.editing = null;
  }

  private freeName(title: string): string {
    const taken = new Set(this.info?.profiles.map(titleOf));
    let n = 2;
    while (taken.has(`${title} ${n}`)) n++;
    return `${title} ${n}`;
  }

  testSaved(profile: Profile): Promise<void> {
    this.edit(profile);
    return this.test();
  }

  /** With one click. Where that fails, the form shows why. */
  async openSaved(profile: Profile): Promise<void> {
    if (this.busy) return;
    this.edit(profile);
    this.openingSaved = titleOf(profile);
    await this.open(profile.guard === "read_only");
    this.openingSaved = null;
  }

  async removeSaved(profile: Profile): Promise<void> {
    try {
      await this.api.profileRemove(titleOf(profile));
      if (this.editing === titleOf(profile)) this.editing = null;
    } catch (thrown) {
      this.error = asError(thrown);
    }
    await this.reload();
  }

  /** Without opening it. */
  async save(): Promise<boolean> {
    if (this.busy || this.saving) return false;
    this.saving = true;
    this.error = null;
    try {
      await this.api.profileSave(this.profile, this.editing, this.password || null);
      this.editing = titleOf(this.profile);
      await this.reload();
      return true;
    } catch (thrown) {
      this.error = asError(thrown);
      return false;
    } finally {
      this.saving = false;
    }
  }

  /** Found out by writing, before a password is promised to be kept. */
  async remember(on: boolean): Promise<void> {
    this.form.inKeychain = false;
    this.keychainError = null;
    if (!on || this.probing) return;
    this.probing = true;
    try {
      await this.api.keychainProbe();
      this.form.inKeychain = true;
    } catch (thrown) {
      this.keychainError = asError(thrown);
    } finally {
      this.probing = false;
    }
  }

  /** The keychain refused: this time without it. */
  forThisRun(): Promise<void> {
    this.form.inKeychain = false;
    return this.open(this.form.guard === "read_only");
  }

  private async reload(): Promise<void> {
    this.info = await this.api.connections();
  }

  choose(answer: Answer) {
    if (this.busy) return;
    this.answer = answer;
    this.forget();
  }

  /** What was found out holds for what was tested. */
  change(part: Partial<Form>) {
    this.form = { ...this.form, ...part };
    this.forget();
  }

  type(password: string) {
    this.password = password;
    if (this.error?.field === "password") this.error = null;
  }

  /** False: it is no connection string. */
  paste(text: string): boolean {
    const address = readAddress(text);
    if (!address) return false;
    const { password, ...parts } = address;
    this.change({ ...parts, tls: parts.tls ?? this.form.tls });
    this.password = password;
    return true;
  }

  async chooseCaFile(): Promise<void> {
    const file = await this.api.chooseCaFile();
    if (file) this.change({ caFile: file });
  }

  /** Back to the form. */
  forget() {
    this.turn++;
    Object.assign(this, { lines: [], probe: null, error: null, testing: false });
    this.setup.close();
  }

  take(line: ProbeLine) {
    if (this.testing) this.lines = [...this.lines, line];
  }

  async test(): Promise<void> {
    if (this.busy) return;
    this.forget();
    const turn = this.turn;
    this.testing = true;
    try {
      const probe = await this.api.profileTest(this.profile, this.password || null);
      if (turn !== this.turn) return;
      this.probe = probe;
      this.lines = probe.lines;
      this.error = probe.problem;
      // Accepted, and kept on the other side: it is not needed here any more.
      if (probe.lines.some(({ step, state }) => step === "login" && state === "ok")) this.password = "";
      this.info = await this.api.connections();
    } catch (thrown) {
      if (turn === this.turn) this.error = asError(thrown);
    } finally {
      if (turn === this.turn) this.testing = false;
    }
  }

  openLocal(): Promise<void> {
    return this.go("local", () => this.api.connectOpen({ kind: "local" }, null, false));
  }

  async open(readOnly: boolean): Promise<void> {
    // A saved connection that got another name does not stay behind under the old one.
    if (this.editing !== null && this.editing !== titleOf(this.profile) && !(await this.save())) return;
    return this.go(readOnly ? "read_only" : "open", () => this.api.connectOpen({ kind: "server", profile: this.profile }, this.password || null, readOnly));
  }

  private async go(how: "local" | "open" | "read_only", open: () => Promise<unknown>): Promise<void> {
    if (this.busy) return;
    this.opening = how;
    this.error = null;
    try {
      await open();
      this.opened();
    } catch (thrown) {
      this.error = asError(thrown);
    } finally {
      this.opening = null;
    }
  }

  lookAtSetup(): Promise<void> {
    return this.setup.look(this.profile);
  }

  /** Sets it up, and tests again what it is then. */
  async applySetup(): Promise<void> {
    if (await this.setup.apply()) await this.test();
  }

  private get profile(): Profile {
    const { name, host, port, database, login, tls, caFile, environment, guard, inKeychain } = this.form;
    // A port that is no number is 0, which is refused with its field.
    const number = /^\d{1,5}$/.test(port.trim()) && Number(port) < 65536 ? Number(port) : 0;
    return {
      name: name.trim(), host: host.trim(), port: number, database: database.trim(), login: login.trim(), tls, ca_file: caFile, environment, guard,
      asks_password: inKeychain || (this.editing !== null && this.info?.profiles.find((saved) => titleOf(saved) === this.editing)?.asks_password === true),
      in_keychain: inKeychain,
    };
  }
}
