import type { Error as WireError } from "../ipc/bindings/Error";
import type { Finding } from "../ipc/bindings/Finding";
import type { Migration } from "../ipc/bindings/Migration";
import type { Preview } from "../ipc/bindings/Preview";
import type { Report } from "../ipc/bindings/Report";
import type { SetupProgress } from "../ipc/bindings/SetupProgress";
import type { ReportFormat } from "../ipc/bindings/ReportFormat";
import { asError, type Commands } from "../ipc/commands";

/** Findings that say the same of several things are one item: what passed by check, what is unknown by check and reason. */
export type Item = { key: string; first: Finding; findings: Finding[] };
export type Section = { name: "needs" | "unknown" | "info" | "passed"; items: Item[]; count: number };

/** The schema check: what the database is like, as this login sees it. */
export class SchemaState {
  value = $state.raw<Report | null>(null);
  loading = $state(false);
  error = $state.raw<WireError | null>(null);
  /** The pending steps; null until somebody looks. */
  preview = $state.raw<Preview | null>(null);
  previewError = $state.raw<WireError | null>(null);
  mending = $state(false);
  stopping = $state(false);
  progress = $state.raw<SetupProgress | null>(null);
  /** What the last mend did; null until one came to its end. */
  mended = $state.raw<Migration | null>(null);
  mendError = $state.raw<WireError | null>(null);
  script = $state<string | null>(null);
  saving = $state(false);
  saved = $state<string | null>(null);
  saveError = $state.raw<WireError | null>(null);
  private choice = $state<string | null>(null);

  constructor(private api: Commands) {}

  sections = $derived(this.value ? sectionsOf(this.value.findings) : []);
  items = $derived(this.sections.flatMap((section) => section.items));
  /** What is shown beside the list: the chosen one, or the worst. */
  chosen = $derived(this.items.find((item) => item.key === this.choice) ?? this.items[0] ?? null);
  needs = $derived(this.value ? this.value.summary.errors + this.value.summary.warnings : 0);
  checks = $derived(this.value?.findings.length ?? 0);

  choose(key: string) {
    this.choice = key;
  }

  step(by: number) {
    const at = this.items.findIndex((item) => item.key === this.chosen?.key);
    const next = this.items[Math.min(this.items.length - 1, Math.max(0, at + by))];
    if (next) this.choice = next.key;
  }

  /** The item that holds a finding, for who comes from a sentence about it. */
  chooseFinding(key: string) {
    const item = this.items.find(({ findings }) => findings.some((finding) => finding.key === key));
    if (item) this.choice = item.key;
  }

  /** What is left to do. */
  pending = $derived(this.preview?.steps.filter((step) => step.state !== "done") ?? []);
  keys = $derived(this.preview?.keys.filter((key) => !key.whole) ?? []);
  wanted = $derived(this.pending.length + this.keys.length);

  async look(): Promise<void> {
    if (this.mending) return;
    Object.assign(this, { preview: null, previewError: null, mended: null, mendError: null, script: null });
    try {
      this.preview = await this.api.schemaPreview();
    } catch (thrown) {
      this.previewError = asError(thrown);
    }
  }

  take(progress: SetupProgress) {
    if (this.mending) this.progress = progress;
  }

  /** Does what the preview said. What was done before it was stopped is done: the preview is made anew. */
  async mend(): Promise<void> {
    if (this.mending) return;
    Object.assign(this, { mending: true, stopping: false, progress: null, mended: null, mendError: null });
    try {
      this.mended = await this.api.schemaMend();
    } catch (thrown) {
      this.mendError = asError(thrown);
      this.preview = await this.api.schemaPreview().catch(() => this.preview);
    } finally {
      this.mending = false;
    }
  }

  stop() {
    this.stopping = true;
    void this.api.setupCancel();
  }

  async saveScript(): Promise<void> {
    this.saving = true;
    this.script = this.mendError = null;
    try {
      this.script = await this.api.schemaScript();
    } catch (thrown) {
      this.mendError = asError(thrown);
    } finally {
      this.saving = false;
    }
  }

  /** Into a file that a person chooses: its name, null when the dialog was closed. */
  async save(format: ReportFormat): Promise<void> {
    this.saving = true;
    this.saved = this.saveError = null;
    try {
      this.saved = await this.api.schemaSave(format);
    } catch (thrown) {
      this.saveError = asError(thrown);
    } finally {
      this.saving = false;
    }
  }

  /** The last report stays while the next is made, and when it cannot be. */
  async check(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    try {
      this.value = await this.api.schemaCheck();
      this.error = null;
    } catch (thrown) {
      this.error = asError(thrown);
    } finally {
      this.loading = false;
    }
  }
}

export function sectionsOf(findings: Finding[]): Section[] {
  const sections: Section[] = (["needs", "unknown", "info", "passed"] as const).map((name) => ({ name, items: [], count: 0 }));
  const items = new Map<string, Item>();
  for (const [index, finding] of findings.entries()) {
    const section = sections.find(({ name }) => name === sectionOf(finding))!;
    const same = finding.status === "fail" ? [index] : [finding.title, finding.not_checked];
    const key = [finding.status, finding.id, ...same].join("|");
    section.count++;
    const item = items.get(key);
    if (item) item.findings.push(finding);
    else {
      const fresh = { key, first: finding, findings: [finding] };
      items.set(key, fresh);
      section.items.push(fresh);
    }
  }
  return sections.filter(({ count }) => count > 0);
}

/** Only what passed passed: anything that is not known to have is never counted there. */
function sectionOf({ status, level }: Finding): Section["name"] {
  if (status === "pass") return "passed";
  if (status !== "fail") return "unknown";
  return level === "info" ? "info" : "needs";
}
