import type { Error as WireError } from "../ipc/bindings/Error";
import type { LiveDesks } from "../ipc/bindings/LiveDesks";
import type { LoginClosing } from "../ipc/bindings/LoginClosing";
import type { LoginRenewal } from "../ipc/bindings/LoginRenewal";
import type { LoginScript } from "../ipc/bindings/LoginScript";
import type { OperatorRow } from "../ipc/bindings/OperatorRow";
import { asError, type Commands } from "../ipc/commands";

/** How many more messages an operator can take today; null is no limit. */
export function freeSeats(operator: OperatorRow): number | null {
  return operator.capacity_today === null ? null : Math.max(0, operator.capacity_today - operator.used_today - operator.waiting);
}

/** Who works here, with the day of each. Read when a dialog asks for it. */
export class OperatorsState {
  /** Who is connected now; read over and over while somebody looks at it. */
  live = $state.raw<LiveDesks | null>(null);
  liveError = $state.raw<WireError | null>(null);
  value = $state.raw<OperatorRow[] | null>(null);
  error = $state.raw<WireError | null>(null);
  private turn = 0;

  constructor(private api: Commands) {}

  active = $derived(this.value?.filter((operator) => operator.active) ?? null);

  async look(): Promise<void> {
    try {
      Object.assign(this, { live: await this.api.desks(), liveError: null });
    } catch (thrown) {
      this.liveError = asError(thrown);
    }
  }

  /** What would make this login; an error where no login can be called that. */
  async script(login: string): Promise<LoginScript | WireError> {
    return this.api.loginScript(login).catch(asError);
  }

  /** What would close the logins of an operator; an error where it is not known. */
  async closing(userId: string): Promise<LoginClosing[] | WireError> {
    return this.api.loginClosing(userId).catch(asError);
  }

  /** What would give this login a new password. */
  async renewal(login: string): Promise<LoginRenewal | WireError> {
    return this.api.loginRenewal(login).catch(asError);
  }

  /** As `save`, with a password that is made. */
  async saveRenewal(login: string): Promise<{ file: string | null } | WireError> {
    return this.api.loginRenewSave(login, null).then((file) => ({ file }), asError);
  }

  /** Saves the script for the owner of the database. Null: the dialog was closed. */
  async save(login: string, password: string | null): Promise<{ file: string | null } | WireError> {
    return this.api.loginSave(login, password).then((file) => ({ file }), asError);
  }

  /** The last answer stays while the next is fetched. */
  async load(): Promise<void> {
    const turn = ++this.turn;
    try {
      const rows = await this.api.operators();
      if (turn === this.turn) Object.assign(this, { value: rows, error: null });
    } catch (thrown) {
      if (turn === this.turn) this.error = asError(thrown);
    }
  }
}
