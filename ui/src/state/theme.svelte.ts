export type Theme = "system" | "light" | "dark";
const ORDER: Theme[] = ["system", "light", "dark"];
const KEY = "queue-desk.theme";

/** Light, dark, or as the system; written to the root, where the tokens look. */
export class ThemeState {
  choice = $state<Theme>("system");
  private dark = window.matchMedia?.("(prefers-color-scheme: dark)");

  constructor(asked: string | null = null) {
    const stored = asked ?? window.localStorage?.getItem(KEY);
    if (ORDER.includes(stored as Theme)) this.choice = stored as Theme;
    this.dark?.addEventListener("change", () => this.write());
    this.write();
  }

  cycle() {
    this.choice = ORDER[(ORDER.indexOf(this.choice) + 1) % ORDER.length]!;
    window.localStorage?.setItem(KEY, this.choice);
    this.write();
  }

  private write() {
    const dark = this.choice === "dark" || (this.choice === "system" && Boolean(this.dark?.matches));
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  }
}
