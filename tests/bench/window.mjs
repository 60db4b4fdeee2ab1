// How long until the window can be used, and what it holds in memory, beside a bare Tauri window in the same run.
// `cargo xtask bench window` builds and starts it. Both are opened through WebDriver, whose own cost is in both.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { App, PROGRAMS } from "../e2e/app.mjs";
import { Page, ready } from "../e2e/driver.mjs";

const ROUNDS = Number(process.env.QUEUE_DESK_ROUNDS ?? 5);
const IDLE = 8_000;

const CASES = [
  { name: "bare Tauri window", binary: join(PROGRAMS, "examples/bare-window"), args: [], usable: () => document.querySelector("#ready") !== null },
  // The first row can be read and the first action pressed.
  { name: "first start: new database, 500 sample leads", fresh: true },
  { name: "later start: the server starts too" },
  { name: "later start: another desk keeps the server", server: true },
];
const USABLE = () => document.querySelectorAll("[role=grid] [role=row]").length > 1 && [...document.querySelectorAll("header button, main button")].some((button) => /Prepare/.test(button.textContent) && !button.disabled);

const ends = [];
const test = { after: (work) => ends.push(work), diagnostic: console.error };
const app = new App(test, "bench");
app.display = await app.screen();
const results = new Map(CASES.map(({ name }) => [name, { times: [], memory: [] }]));
try {
  for (let round = 0; round < ROUNDS; round++) {
    for (const one of CASES) await measure(one, round);
  }
} finally {
  for (const end of ends) await end();
}

console.log(`${"case".padEnd(48)} ${"n".padStart(3)} ${"median".padStart(9)} ${"slowest".padStart(9)} ${"memory".padStart(9)}`);
for (const [name, { times, memory }] of results) {
  const held = memory.length ? `${median(memory)} MB` : "";
  console.log(`${name.padEnd(48)} ${String(times.length).padStart(3)} ${`${median(times)} ms`.padStart(9)} ${`${Math.max(...times)} ms`.padStart(9)} ${held.padStart(9)}`);
}
console.log(`Memory: PSS of all the window's processes after ${IDLE / 1000} s at rest, the database's processes not counted.`);

async function measure({ name, binary = join(PROGRAMS, "queue-desk-window"), args = ["--embedded"], usable = USABLE, fresh, server }, round) {
  if (fresh) app.home = join(app.folder, `home-${round}`);
  // A desk that waits for its queue keeps the server up.
  const other = server && app.spawn(join(PROGRAMS, "queue-desk"), ["--embedded", "run"], app.env());
  if (other) await sleep(3_000);
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const driver = app.spawn("dbus-run-session", ["--", "WebKitWebDriver", `--port=${port}`], app.env());
  await ready(`http://127.0.0.1:${port}`);
  const began = Date.now();
  const page = await Page.open(`http://127.0.0.1:${port}`, binary, args);
  while (!(await page.run(usable).catch(() => false))) {
    if (Date.now() - began > 120_000) throw new Error(`${name}: not usable after two minutes`);
    await sleep(5);
  }
  results.get(name).times.push(Date.now() - began);
  if (!fresh && !server) {
    await sleep(IDLE);
    results.get(name).memory.push(Math.round(memoryBelow(driver.pid)));
  }
  await page.end().catch(() => {});
  for (const child of [driver, other]) if (child?.pid) process.kill(-child.pid, "SIGTERM");
  await sleep(3_000);
}

/** PSS in MB of the window and WebKit's processes below this one. */
function memoryBelow(root) {
  const parents = new Map();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const command = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
      parents.set(Number(pid), { parent: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]), command });
    } catch {
      // It ended meanwhile.
    }
  }
  const below = (pid) => pid === root || (parents.has(pid) && parents.get(pid).parent !== 0 && below(parents.get(pid).parent));
  const ours = /^(queue-desk|bare-window|WebKitWebProces|WebKitNetworkPr|WebKitGPUProces)/;
  let sum = 0;
  for (const [pid, { command }] of parents) {
    if (ours.test(command) && below(pid)) sum += Number(/Pss:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0) / 1024;
  }
  return sum;
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
