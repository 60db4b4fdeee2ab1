// How smooth the grid of messages is with a hundred thousand rows, in the real window: node tests/bench/grid.mjs [rows]
// The rows are put into the sample by SQL, walked page by page as a person who scrolls does, and then scrolled through while every frame is
// timed. It prints JSON: ms per page, ms per frame, and how many rows the page held. Compare with the frames of the still page: absolute
// times on a shared machine mean little. Needs what `cargo xtask e2e` needs, and psql.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "../e2e/app.mjs";
import { until } from "../e2e/driver.mjs";

const TIMED = `
  const [height, step, done] = arguments; const grid = document.querySelector("[role=grid]"); const times = []; let most = 0; let n = 0; let last = 0;
  grid.scrollTop = Math.max(0, height / 2 - 150 * step);
  requestAnimationFrame(function frame(now) {
    if (n > 1) times.push(now - last);
    last = now; most = Math.max(most, grid.querySelectorAll("[role=row]").length);
    if (++n > 300) {
      times.sort((a, b) => a - b);
      const at = (p) => Math.round(10 * times[Math.min(times.length - 1, Math.floor(p * times.length))]) / 10;
      return done({ p50: at(0.5), p95: at(0.95), worst: at(1), slowerThan50: times.filter((ms) => ms > 50).length, mostRows: most });
    }
    grid.scrollTop += step;
    requestAnimationFrame(frame);
  });`;
const ROWS = Number(process.argv[2] ?? 100_000);
const ends = [];
const t = { after: (work) => ends.push(work), diagnostic: (text) => console.error(text) };
const app = new App(t, "bench-grid");
try {
  const page = await app.open();
  await page.role("button", "Prepare tomorrow", 60_000);
  await page.ask("POST", "/timeouts", { script: 600_000 });
  fill();
  const scroll = (share) => page.run((share) => { const grid = document.querySelector("[role=grid]"); grid.scrollTop = grid.scrollHeight * share; return grid.querySelector(".sizer").offsetHeight; }, share);
  const began = Date.now();
  let said = began;
  const height = await until(`${ROWS} rows are loaded`, async () => {
    const height = await scroll(1);
    if (Date.now() - said > 15_000) console.error(`${Math.round(height / 32)} rows after ${Math.round(((said = Date.now()) - began) / 1000)} s`);
    return height / 32 >= ROWS && height;
  }, 30 * 60_000);
  const loaded = Date.now() - began;
  // Nothing moves; three rows a frame, as a wheel does; a whole screen a frame, as the bar does when it is dragged.
  const frames = {};
  for (const [name, step] of [["still", 0], ["threeRows", 96], ["aScreen", 600]]) frames[name] = await page.ask("POST", "/execute/async", { args: [height, step], script: TIMED }, 600_000);
  console.log(JSON.stringify({ rows: Math.round(height / 32), loadedInMs: loaded, msPerPage: Math.round(loaded / (ROWS / 200)), frames }, null, 2));
} finally {
  for (const end of ends.reverse()) await end(t);
}

/** Cancelled messages of long ago: they wait for nothing and are the last in the order. */
function fill() {
  const port = readFileSync(join(app.home, "data/postmaster.pid"), "utf8").split("\n")[3];
  const { postgres: password } = JSON.parse(readFileSync(join(app.home, "credentials"), "utf8"));
  const sql = `insert into public.whatsapp_message_queue (lead_id, user_id, client_id, queue_position, message_content, recipient_phone, queue_status, scheduled_for, updated_at)
    select l.id, q.user_id, l.client_id, n, 'Hello', '+97250555' || lpad((n % 10000)::text, 4, '0'), 'cancelled', now() - n * interval '1 minute', now() - n * interval '1 minute'
    from generate_series(1, ${ROWS}) n join (select id, client_id, row_number() over () as r, count(*) over () as c from public.leads) l on l.r = 1 + n % l.c
    cross join (select user_id from public.whatsapp_message_queue where user_id is not null limit 1) q; analyze public.whatsapp_message_queue`;
  execFileSync("psql", ["-h", "127.0.0.1", "-p", port, "-U", "postgres", "-d", "queue_desk", "-v", "ON_ERROR_STOP=1", "-q", "-c", sql], { env: { ...process.env, PGPASSWORD: password }, stdio: ["ignore", "ignore", "inherit"] });
}
