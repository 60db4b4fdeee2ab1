// A small WebDriver client (https://www.w3.org/TR/webdriver2/): what these tests need, with a timeout on every step.
//
// It talks to WebKitWebDriver itself, which starts the window's binary as `webkitgtk:browserOptions` say: tauri-driver would only
// pass the same requests on, and would have to be compiled.
import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

// Long, for a computer that compiles meanwhile: a wait ends as soon as it can.
const STEP = 20_000;
const POLL = 50;
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
/** Keys as WebDriver writes them. */
export const KEY = { Escape: "\uE00C", Enter: "\uE007", Space: " ", Shift: "\uE008", Control: "\uE009", Down: "\uE015", Up: "\uE013", End: "\uE010", Home: "\uE011" };

/** Repeats until the answer is neither null, undefined nor false, and returns it. The last complaint is in the error. */
export async function until(what, ask, timeout = STEP) {
  const end = Date.now() + timeout;
  let complaint = "";
  do {
    try {
      const answer = await ask();
      if (answer !== null && answer !== undefined && answer !== false) return answer;
    } catch (error) {
      complaint = ` (${error.message})`;
    }
    await sleep(POLL);
  } while (Date.now() < end);
  throw new Error(`After ${timeout / 1000} s still not: ${what}${complaint}`);
}

async function request(url, method, body, timeout) {
  const answer = await fetch(url, { method, body: method === "POST" ? JSON.stringify(body ?? {}) : undefined, signal: AbortSignal.timeout(timeout) });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${value?.error}: ${value?.message}`);
  return value;
}

/** Waits for the driver itself. */
export const ready = (base) => until("WebKitWebDriver answers", async () => (await request(`${base}/status`, "GET", null, 250)).ready);

export class Page {
  /** Starts the binary and returns its page. */
  static async open(base, binary, args) {
    const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": { binary, args } } };
    const { sessionId } = await request(`${base}/session`, "POST", { capabilities }, 20_000);
    return new Page(`${base}/session/${sessionId}`);
  }

  constructor(base) {
    this.base = base;
  }

  ask(method, path, body, timeout = STEP) {
    return request(this.base + path, method, body, timeout);
  }

  /** Runs a function in the page with these arguments (JSON or elements), and returns its answer. */
  run(work, ...args) {
    return this.ask("POST", "/execute/sync", { script: `return (${work}).apply(null, arguments)`, args });
  }

  /** The visible text of the page, or of a part of it. */
  text(css = "body") {
    return this.run((css) => document.querySelector(css)?.innerText ?? null, css);
  }

  async find(css) {
    const found = await this.ask("POST", "/element", { using: "css selector", value: css });
    return found[ELEMENT];
  }

  /** An element as assistive technology sees it: its role, and its whole name or a pattern for it. In a modal dialog only there. */
  async role(role, name, timeout = STEP) {
    const pattern = name instanceof RegExp ? name.source : null;
    const found = await until(`there is a ${role} "${name}"`, () => this.run(byRole, role, pattern, pattern === null ? name : null), timeout);
    return found[ELEMENT];
  }

  /** Whether there is such an element now. */
  has(role, name) {
    const pattern = name instanceof RegExp ? name.source : null;
    return this.run(byRole, role, pattern, pattern === null ? name : null).then((found) => found !== null);
  }

  /** Presses a button or link like a person: where it is on the screen. */
  async press(role, name) {
    await this.click(await this.role(role, name));
  }

  async click(id) {
    await this.ask("POST", `/element/${id}/click`);
  }

  /** Presses keys one after the other; an array is a chord. */
  async keys(...keys) {
    const actions = [];
    for (const key of keys) {
      const chord = [key].flat();
      for (const value of chord) actions.push({ type: "keyDown", value });
      for (const value of chord.reverse()) actions.push({ type: "keyUp", value });
    }
    await this.ask("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  /** Waits until the page's text holds this. */
  says(wanted, css = "body", timeout = STEP) {
    return until(`${css} says "${wanted}"`, async () => {
      const text = await this.text(css);
      if (text === null) throw new Error("it is not there");
      const found = wanted instanceof RegExp ? text.match(wanted) : text.includes(wanted);
      if (!found) throw new Error(`it says "${text.replace(/\s+/g, " ").slice(0, 300)}"`);
      return found;
    }, timeout);
  }

  /** A picture of the page, of the frame after this moment. */
  async shot(path) {
    await this.ask("POST", "/execute/async", { script: "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 160)))", args: [] });
    await writeFile(path, Buffer.from(await this.ask("GET", "/screenshot"), "base64"));
  }

  end() {
    return this.ask("DELETE", "");
  }
}

/** Runs in the page. */
function byRole(role, pattern, exact) {
  const CSS = {
    button: "button, [role=button]", link: "a[href], [role=link]", dialog: "dialog[open]", row: "[role=row]", heading: "h1, h2, h3", navigation: "nav",
    complementary: "aside", textbox: "input[type=text]", radio: "input[type=radio]", alert: "[role=alert]",
  };
  const words = (element) => element.getAttribute("aria-label") ?? (element.getAttribute("aria-labelledby") ? document.getElementById(element.getAttribute("aria-labelledby"))?.textContent : null)
    ?? (element.labels?.[0] ?? element).innerText ?? "";
  // What a dialog covers cannot be reached, and is not to be found.
  const top = [...document.querySelectorAll("dialog[open]")].at(-1);
  const all = [...(top && role !== "dialog" ? top : document).querySelectorAll(CSS[role] ?? `[role=${role}]`)];
  const name = (element) => {
    const copy = words(element).replace(/\s+/g, " ").trim();
    // The key that is printed on a button is not its name.
    const key = element.querySelector?.("kbd")?.textContent.trim();
    return key && !element.hasAttribute("aria-label") && copy.endsWith(key) ? copy.slice(0, -key.length).trim() : copy;
  };
  return all.find((element) => element.getClientRects().length > 0 && (pattern === null ? name(element) === exact : new RegExp(pattern).test(name(element)))) ?? null;
}
