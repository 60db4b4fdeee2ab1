// The whole window on a page: a clock that stands still until the test lets time pass.
import { cleanup, screen, within } from "@testing-library/svelte";
import { tick } from "svelte";
import { afterEach, beforeEach, vi } from "vitest";

/** Before the file's own hooks, so that what those close is still on the page. */
export function freshPage() {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 24, 20, 0) });
  });
  afterEach(() => {
    cleanup();
    vi.useRealTimers();
  });
}

export async function pass(ms: number) {
  await vi.advanceTimersByTimeAsync(ms);
  await tick();
}

/** A key, where the focus is. */
export async function press(code: string, init: KeyboardEventInit = {}) {
  (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { code, key: code, bubbles: true, cancelable: true, ...init }));
  await pass(400);
}

export const dialog = () => within(screen.getByRole("dialog", { hidden: true }));
export const button = (name: string | RegExp, root = within(document.body)) => root.getByRole("button", { name, hidden: true });

export async function click(element: HTMLElement) {
  element.click();
  await pass(400);
}

/** Into a field of the dialog. */
export async function write(label: string, text: string) {
  const field = dialog().getByLabelText(label) as HTMLInputElement;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await pass(50);
}
