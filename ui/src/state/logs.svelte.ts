import type { Error as WireError } from "../ipc/bindings/Error";
import type { LogLevel } from "../ipc/bindings/LogLevel";
import type { LogSettings } from "../ipc/bindings/LogSettings";
import { asError, type Commands } from "../ipc/commands";

export const LEVELS: LogLevel[] = ["off", "error", "warn", "info", "debug"];

/** How much this computer's log says. */
export class LogsState {
  value = $state.raw<LogSettings | null>(null);
  error = $state.raw<WireError | null>(null);

  constructor(private api: Commands) {}

  load = () => this.keep(() => this.api.logSettings());
  set = (level: LogLevel) => this.keep(() => this.api.setLogLevel(level));

  /** Null where it could not be read. */
  async diagnostics(): Promise<string | null> {
    try {
      return await this.api.diagnostics();
    } catch (thrown) {
      this.error = asError(thrown);
      return null;
    }
  }

  private async keep(ask: () => Promise<LogSettings>): Promise<void> {
    try {
      this.value = await ask();
      this.error = null;
    } catch (thrown) {
      this.error = asError(thrown);
    }
  }
}
