// The real window on a screen of its own: Xvfb, a private D-Bus, WebKitWebDriver, a home of its own. Everything ends with the test.
import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, chmodSync, existsSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Page, ready, until } from "./driver.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, "../..");
/** Where cargo put the programs; `cargo xtask` says it. */
export const PROGRAMS = process.env.QUEUE_DESK_PROGRAMS ?? join(ROOT, "target/debug");
export const SHOTS = join(HERE, "shots");
/** Where no server is packaged for this platform, the system's. */
const POSTGRES = process.env.QUEUE_DESK_POSTGRES ?? [join(PROGRAMS, "../postgres")].find(existsSync);

/** Process groups that must not outlive this program, whatever happens to it. */
const groups = new Set();
const folders = new Set();
process.on("exit", () => {
  for (const group of groups) signal(-group, "SIGKILL");
  for (const folder of folders) {
    for (const home of homesIn(folder)) signal(serverOf(home), "SIGQUIT");
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
});
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => process.exit(1));

/** One test's window, its folder and its processes. `close` is registered with the test, and runs after a failure too. */
export class App {
  constructor(t, name) {
    mkdirSync(SHOTS, { recursive: true });
    this.t = t;
    this.name = name;
    this.failed = false;
    // Root's server runs as `nobody`, who must be able to reach its home.
    this.folder = mkdtempSync(join(tmpdir(), "queue-desk-e2e-"));
    folders.add(this.folder);
    chmodSync(this.folder, 0o711);
    this.home = join(this.folder, "home");
    this.person = join(this.folder, "person");
    mkdirSync(join(this.person, "runtime"), { recursive: true, mode: 0o700 });
    this.stderr = "";
    this.started = [];
    t.after(() => this.close(t));
  }

  /** What the window and the command line see: this person's folders, this home, and nothing of who runs the tests. */
  env(more = {}) {
    const { PATH, LANG, TZ, RUST_BACKTRACE } = process.env;
    const own = {
      PATH, LANG, TZ, RUST_BACKTRACE, HOME: this.person, XDG_RUNTIME_DIR: join(this.person, "runtime"), QUEUE_DESK_HOME: this.home, QUEUE_DESK_POSTGRES: POSTGRES,
      DISPLAY: this.display, GDK_BACKEND: "x11", NO_AT_BRIDGE: "1", GIO_USE_VFS: "local", TAURI_WEBVIEW_AUTOMATION: "true", GSETTINGS_BACKEND: "memory", ...more,
    };
    return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  }

  /** Opens the window and returns its page. */
  async open(args = ["--embedded"], env = {}) {
    this.display ??= await this.screen();
    const port = await freePort();
    const driver = this.spawn("dbus-run-session", ["--", "WebKitWebDriver", `--port=${port}`], this.env(env));
    driver.stderr.on("data", (text) => (this.stderr += text));
    driver.stdout.on("data", (text) => (this.stderr += text));
    this.driver = driver;
    await ready(`http://127.0.0.1:${port}`);
    this.page = await Page.open(`http://127.0.0.1:${port}`, join(PROGRAMS, "queue-desk-window"), args);
    await until("the page is there", () => this.page.run(() => document.querySelector("footer") !== null), 15_000);
    return this.page;
  }

  /** A screen nobody sees, so that nothing here types into a person's own windows. QUEUE_DESK_E2E_DISPLAY=:0 shows it instead. */
  async screen() {
    if (process.env.QUEUE_DESK_E2E_DISPLAY) return process.env.QUEUE_DESK_E2E_DISPLAY;
    const server = this.spawn("Xvfb", ["-displayfd", "1", "-screen", "0", "1300x860x24", "-nolisten", "tcp", "-noreset"], process.env);
    let said = "";
    server.stdout.on("data", (text) => (said += text));
    const display = `:${await until("Xvfb has a display", () => said.endsWith("\n") && said.trim())}`;
    // A window manager, because closing a window is a request that one makes.
    this.display = display;
    this.spawn("openbox", ["--sm-disable"], this.env());
    await until("openbox manages the screen", async () => (await this.xdotool("get_num_desktops")) > 0);
    return display;
  }

  spawn(program, args, env) {
    // A group of its own, so that what it starts ends with it.
    const child = spawn(program, args, { env, detached: true, stdio: ["ignore", "pipe", "pipe"], cwd: this.folder });
    child.on("error", (error) => (this.stderr += `${program}: ${error.message}\n`));
    child.on("exit", (code, signal) => (this.stderr += `${program} ended: ${signal ?? code}\n`));
    child.stderr.setEncoding("utf8");
    child.stdout.setEncoding("utf8");
    if (child.pid) groups.add(child.pid);
    this.started.push(child);
    return child;
  }

  /** The command line on the same home: code, standard output, standard error. */
  run(args, env = {}) {
    return new Promise((done) => {
      execFile(join(PROGRAMS, "queue-desk"), args, { env: this.env(env), timeout: 30_000, maxBuffer: 64 << 20, cwd: this.folder }, (error, stdout, stderr) => done({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr }));
    });
  }

  /** The JSON that the command line prints about the window's own database. */
  async json(...args) {
    const { code, stdout, stderr } = await this.run(["--embedded", "--json", ...args]);
    if (code !== 0) throw new Error(`queue-desk ${args.join(" ")} ended with ${code}: ${stderr}`);
    return JSON.parse(stdout);
  }

  /** Every row of the queue tables, as the command line exports them. */
  async rows() {
    const { code, stdout, stderr } = await this.run(["--embedded", "--json", "export", "--out", "-", "--preset", "machine"]);
    if (code !== 0) throw new Error(`the export ended with ${code}: ${stderr}`);
    return csv(stdout);
  }

  /** The messages among them. */
  async messages() {
    return (await this.rows()).filter((row) => row.queue === "messages");
  }

  /** Works the screen from outside the page: the native dialogs. */
  xdotool(...args) {
    return new Promise((done, fail) => {
      execFile("xdotool", args, { env: this.env(), timeout: 10_000 }, (error, stdout, stderr) => (error ? fail(new Error(`xdotool ${args[0]}: ${stderr || error.message}`)) : done(stdout.trim())));
    });
  }

  /** The id of the window with this title, once it is on the screen. */
  window(title, timeout = 10_000) {
    return until(`a window "${title}" is open`, async () => (await this.xdotool("search", "--onlyvisible", "--name", title)).split("\n")[0], timeout);
  }

  /** Presses keys (as "ctrl+a") and writes texts (as "/a/path") in the window with this title. */
  async typeInto(title, ...inputs) {
    await this.xdotool("windowactivate", "--sync", await this.window(title));
    for (const input of inputs) {
      const key = /^(Return|Escape|(ctrl|alt|shift)\+\w+)$/.test(input);
      await this.xdotool(...(key ? ["key", "--clearmodifiers", input] : ["type", "--delay", "1", input]));
    }
  }

  /** Closes the window as its cross does. The driver ends when its browser is gone. */
  async quit() {
    const window = await this.window("Queue Desk$");
    const open = () => this.xdotool("search", "--onlyvisible", "--name", "Queue Desk$").catch(() => "");
    // A key is lost where the window does not have the focus yet.
    await until("the window is closed", async () => {
      await this.xdotool("windowactivate", "--sync", window, "key", "alt+F4").catch(() => {});
      await sleep(500);
      return !(await open());
    });
    this.page = null;
  }

  /** Ends the window and its driver; the next `open` starts others on the same screen. */
  async leave() {
    await this.page.end().catch(() => {});
    this.page = null;
    await endGroup(this.driver);
  }

  serverRuns() {
    return existsSync(join(this.home, "data/postmaster.pid")) || processesOf(this.home).length > 0;
  }

  shot(name) {
    return this.page.shot(join(SHOTS, `${name}.png`));
  }

  /** One step of the journey: its time goes to the report; what fails says where. */
  async step(name, work) {
    const began = Date.now();
    try {
      await work();
      this.t.diagnostic(`${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    } catch (error) {
      this.failed = true;
      error.message = `${name}: ${error.message}`;
      throw error;
    }
  }

  /** A picture in each theme. */
  async both(name) {
    await this.shot(`${name}-light`);
    await this.page.run(() => (document.documentElement.dataset.theme = "dark"));
    await this.shot(`${name}-dark`);
    await this.page.run(() => (document.documentElement.dataset.theme = "light"));
  }

  async close(t) {
    const { failed } = this;
    if (failed && this.page) await this.shot(`failed-${this.name}`).catch((error) => (this.stderr += `no picture: ${error.message}\n`));
    if (failed) {
      const log = join(this.home, "postgres.log");
      const said = this.stderr.split("\n").filter((line) => line && !/dbus-daemon|SpiRegistry/.test(line));
      t.diagnostic(`the window said:\n${said.join("\n") || "nothing"}`);
      if (existsSync(log)) t.diagnostic(`the server said:\n${readFileSync(log, "utf8").split("\n").slice(-20).join("\n")}`);
      if (this.page) t.diagnostic(`its picture is ${join(SHOTS, `failed-${this.name}.png`)}`);
    }
    await this.page?.end().catch(() => {});
    // The driver ends a window with a signal, so the server may be left behind.
    for (const child of this.started.reverse()) await endGroup(child);
    for (const home of homesIn(this.folder)) {
      signal(serverOf(home), "SIGINT");
      await until("the server stopped", () => serverOf(home) === null || !signal(serverOf(home), 0), 10_000).catch(() => signal(serverOf(home), "SIGQUIT"));
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    folders.delete(this.folder);
  }
}

async function endGroup(child) {
  if (!child.pid) return;
  signal(-child.pid, "SIGTERM");
  await until("it ended", () => child.exitCode !== null || child.signalCode !== null, 5000).catch(() => {});
  // What it started and left behind.
  signal(-child.pid, "SIGKILL");
  groups.delete(child.pid);
}

/** Whether it could be sent. */
function signal(pid, name) {
  if (!pid) return false;
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Homes that a test put into its folder. */
function homesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true }).filter((path) => basename(path) === "postmaster.pid").map((path) => join(folder, path, "../.."));
}

/** The process id of a home's server, or null. */
function serverOf(home) {
  try {
    return Number(readFileSync(join(home, "data/postmaster.pid"), "utf8").split("\n")[0]) || null;
  } catch {
    return null;
  }
}

/** Processes that name this folder in their command line. */
export function processesOf(folder) {
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder);
    } catch {
      return false;
    }
  });
}

export function freePort() {
  return new Promise((done, fail) => {
    const server = createServer().on("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/** RFC 4180 to objects by the header's names. */
export function csv(text) {
  const rows = [[]];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') cell += text[++at];
      else quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === "," || sign === "\n") {
      rows.at(-1).push(cell.replace(/\r$/, ""));
      cell = "";
      if (sign === "\n") rows.push([]);
    } else cell += sign;
  }
  if (cell || rows.at(-1).length) rows.at(-1).push(cell);
  const [header, ...body] = rows.filter((row) => row.length > 1);
  return body.map((row) => Object.fromEntries(header.map((name, at) => [name, row[at]])));
}
