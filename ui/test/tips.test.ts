import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { tips } from "../src/components/tips";

let stop: () => void;
const bubble = () => document.querySelector(".tip");
const hover = (id: string) => document.getElementById(id)!.dispatchEvent(new Event("pointerover", { bubbles: true }));

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = `<button id="stop" aria-label="Stop everything" data-tip="Stop everything" data-key="P"></button><p id="else"></p><dialog><button id="inside" data-tip="Close"></button></dialog>`;
  stop = tips();
});
afterEach(() => {
  stop();
  vi.useRealTimers();
});

test("a bubble appears after a moment, with its key, for the eye only", () => {
  hover("stop");
  expect(bubble()).toBe(null);
  vi.advanceTimersByTime(500);
  expect([bubble()!.textContent, bubble()!.querySelector("kbd")!.textContent, bubble()!.getAttribute("aria-hidden")]).toEqual(["Stop everythingP", "P", "true"]);
});

test("it goes with the pointer, and with any key", () => {
  hover("stop");
  vi.advanceTimersByTime(500);
  hover("else");
  expect(bubble()).toBe(null);
  hover("stop");
  vi.advanceTimersByTime(500);
  document.body.dispatchEvent(new Event("keydown", { bubbles: true }));
  expect(bubble()).toBe(null);
});

test("in a dialog it is part of the dialog, which covers everything else", () => {
  hover("inside");
  vi.advanceTimersByTime(500);
  expect(bubble()!.parentElement!.tagName).toBe("DIALOG");
});
