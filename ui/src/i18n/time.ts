// Times as the operator reads them: in the operator's zone, whatever the desk's own clock says.
import { t } from "./index";

const LOCALE = "en-GB";
const DAY = 86_400_000;

type Options = Intl.DateTimeFormatOptions;

export class Zone {
  private formats = new Map<string, Intl.DateTimeFormat>();
  private days: Intl.DateTimeFormat | undefined;
  constructor(readonly name: string) {}

  /** 14:33 */
  clock(at: string | number): string {
    return this.format(at, { hour: "2-digit", minute: "2-digit" });
  }

  /** 14:33 today, "Wed 09:12" within six days, else "18 Nov". */
  when(at: string | number, now: number): string {
    const ms = new Date(at).getTime();
    if (this.day(ms) === this.day(now)) return this.clock(ms);
    if (Math.abs(ms - now) < 6 * DAY) return `${this.format(ms, { weekday: "short" })} ${this.clock(ms)}`;
    return this.format(ms, { day: "numeric", month: "short" });
  }

  /** "today at 14:32", "Wed 25 Nov at 09:12" */
  long(at: string | number, now: number): string {
    const ms = new Date(at).getTime();
    const day = this.day(ms) === this.day(now) ? t.time.today : this.format(ms, { weekday: "short", day: "numeric", month: "short" }).replace(",", "");
    return t.time.at(day, this.clock(ms));
  }

  /** "Today", "Wednesday 18 November" */
  dayName(at: string | number, now: number): string {
    if (this.day(at) === this.day(now)) return t.time.Today;
    return this.format(at, { weekday: "long", day: "numeric", month: "long" }).replace(",", "");
  }

  /** The calendar day there, as 2026-11-24. Put together from its parts: engines differ in which language writes it so. */
  day(at: string | number): string {
    this.days ??= new Intl.DateTimeFormat(LOCALE, { timeZone: this.name, year: "numeric", month: "2-digit", day: "2-digit" });
    const part = Object.fromEntries(this.days.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
    return `${part.year}-${part.month}-${part.day}`;
  }

  /** When it is that many minutes after midnight there; where the clock jumps over it, as much later. Null: not a day. */
  instant(day: string, minutes: number): number | null {
    const there = Date.parse(`${day}T00:00:00Z`) + minutes * 60_000;
    if (Number.isNaN(there)) return null;
    const ahead = (at: number) => Date.parse(`${this.day(at)}T${this.clock(at)}:00Z`) - Math.floor(at / 60_000) * 60_000;
    const guess = there - ahead(there);
    const at = there - ahead(guess);
    // Two offsets meet: the earlier guess is right where it reads back as it was asked for.
    return guess + ahead(guess) === there ? guess : at;
  }

  /** What was written as a day (2026-11-25) and a time (09:00, 9, 0930) there; null where that is neither. */
  read(day: string, clock: string): number | null {
    const [, hours, minutes] = /^(\d{1,2})(?:[:.]?(\d{2}))?$/.exec(clock.trim()) ?? [];
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day.trim()) || hours === undefined || Number(hours) > 23 || Number(minutes ?? 0) > 59) return null;
    return this.instant(day.trim(), Number(hours) * 60 + Number(minutes ?? 0));
  }

  /** Minutes since midnight there. */
  minutes(at: string | number): number {
    const [hours = 0, minutes = 0] = this.clock(at).split(":").map(Number);
    return (hours % 24) * 60 + minutes;
  }

  /** "Israel time", or the city where the engine does not know better. */
  get label(): string {
    const parts = new Intl.DateTimeFormat(LOCALE, { timeZone: this.name, timeZoneName: "longGeneric" }).formatToParts(0);
    const long = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
    const words = long.includes("GMT") || !long ? `${this.name.split("/").at(-1)!.replaceAll("_", " ")} time` : long;
    return words.replace(" Standard Time", " time").replace(/ Time$/, " time");
  }

  private format(at: string | number, options: Options): string {
    const key = JSON.stringify(options);
    let format = this.formats.get(key);
    if (!format) {
      format = new Intl.DateTimeFormat(LOCALE, { ...options, hourCycle: options.hour ? "h23" : undefined, timeZone: this.name });
      this.formats.set(key, format);
    }
    return format.format(new Date(at));
  }
}

/** A plan's day (2026-11-25), which has no zone. */
export function plainDay(day: string, style: "long" | "short" | "weekday" = "long"): string {
  const date = new Date(`${day}T00:00:00Z`);
  const options: Options =
    style === "weekday" ? { weekday: "long" } : style === "long" ? { weekday: "long", day: "numeric", month: "long" } : { weekday: "short", day: "numeric", month: "short" };
  // Engines differ in the comma: a full weekday has one, a short one has none.
  return new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: "UTC" })
    .format(date)
    .replace(/^(\w{4,}),? (\d)/, "$1, $2")
    .replace(/^(\w{3}),/, "$1");
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** "0.8 s", "12 s", "4 min", "2 h 5 min", "3 d". */
export function span(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.round(hours / 24)} d`;
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}
