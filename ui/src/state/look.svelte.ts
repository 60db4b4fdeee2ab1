// How this window looks to the person at it. Kept in the window's own storage, so it survives a restart.
import { phone, veiledName, veiledPhone } from "../i18n/phone";

export const THEMES = ["system", "light", "dark"] as const;
export const DENSITIES = ["compact", "standard", "roomy"] as const;
export type Theme = (typeof THEMES)[number];
export type Density = (typeof DENSITIES)[number];
const KEY = "queue-desk.";

/** Theme and density are written to the root, where the tokens look. */
export class LookState {
  theme = $state<Theme>("system");
  density = $state<Density>("standard");
  /** Names to initials, phones to their last two digits, texts to bars: for a screen that others see. */
  private = $state(false);
  private dark = window.matchMedia?.("(prefers-color-scheme: dark)");

  constructor(theme: string | null = null) {
    this.theme = oneOf(THEMES, theme ?? stored("theme")) ?? "system";
    this.density = oneOf(DENSITIES, stored("density")) ?? "standard";
    this.private = stored("private") === "on";
    this.dark?.addEventListener("change", () => this.write());
    this.write();
  }

  setTheme(theme: Theme) {
    this.theme = theme;
    this.keep("theme", theme);
  }

  setDensity(density: Density) {
    // Written first: who reads the density measures the row.
    document.documentElement.dataset.density = density;
    this.density = density;
    this.keep("density", density);
  }

  togglePrivate() {
    this.private = !this.private;
    this.keep("private", this.private ? "on" : "off");
  }

  /** A lead's name as it may be shown now. */
  name<Name extends string | null | undefined>(name: Name): Name | string {
    return name && this.private ? veiledName(name) : name;
  }

  phone(raw: string): string {
    return this.private ? veiledPhone(raw) : phone(raw);
  }

  private keep(name: string, value: string) {
    try {
      window.localStorage.setItem(KEY + name, value);
    } catch {
      // No storage: the choice holds until the window closes.
    }
    this.write();
  }

  private write() {
    const root = document.documentElement.dataset;
    root.theme = this.theme === "dark" || (this.theme === "system" && this.dark?.matches) ? "dark" : "light";
    root.density = this.density;
  }
}

function stored(name: string): string | null {
  try {
    return window.localStorage.getItem(KEY + name);
  } catch {
    return null;
  }
}

function oneOf<T extends string>(list: readonly T[], value: string | null): T | null {
  return list.find((known) => known === value) ?? null;
}
