// The window's lock over the invented queue: the password "wrong" is refused, the local database opens with a click.
import type { Destination } from "./bindings/Destination";
import type { WindowLock } from "./bindings/WindowLock";

export class MockLock {
  locked = false;
  private minutes: number | null = null;

  constructor(private at: () => Destination | null) {}

  readonly commands = {
    lock_state: () => this.state(),
    lock_window: () => ((this.locked = true), this.state()),
    unlock_window: (a: { password: string | null }) => {
      if (this.state().unlock === "password" && (a.password ?? "wrong") === "wrong") throw { code: "wrong_password", message: "This is not the password that this database was opened with.", field: "password", retryable: false };
      this.locked = false;
      return this.state();
    },
    set_lock_after: (a: { minutes: number | null }) => ((this.minutes = a.minutes), this.state()),
  };

  private state(): WindowLock {
    const at = this.at();
    const profile = at && "profile" in at ? at.profile : null;
    return { locked: this.locked, after_minutes: this.minutes, unlock: at && (profile ? "password" : "click"), login: at && (profile?.login ?? "desk"), name: at && (profile ? profile.name || `${profile.host}/${profile.database}` : "Local database") };
  }
}
