/** The database's time, ticking. A sample database's clock may be far from the desk's own. */
export class Clock {
  now = $state(Date.now());
  private offset = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  /** `readAt` is this computer's time of that answer. */
  set(databaseNow: string, readAt = Date.now()) {
    this.offset = Date.parse(databaseNow) - readAt;
    this.now = Date.now() + this.offset;
  }

  start() {
    this.timer ??= setInterval(() => (this.now = Date.now() + this.offset), 1000);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
