/** The database's time, ticking. A sample database's clock may be far from the desk's own. */
export class Clock {
  now = $state(Date.now());
  private offset = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  set(databaseNow: string) {
    this.offset = Date.parse(databaseNow) - Date.now();
    this.now = Date.parse(databaseNow);
  }

  start() {
    this.timer ??= setInterval(() => (this.now = Date.now() + this.offset), 1000);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
