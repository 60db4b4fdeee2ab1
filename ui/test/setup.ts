import { cleanup } from "@testing-library/svelte";
import { afterEach, beforeEach } from "vitest";

// Files share a page (vite.config.ts): each test begins with an empty one of jsdom's own size.
beforeEach(() => {
  if (typeof document === "undefined") return;
  window.innerWidth = 1024;
  window.innerHeight = 768;
  document.body.replaceChildren();
  for (const name of document.documentElement.getAttributeNames()) document.documentElement.removeAttribute(name);
  location.hash = "";
  localStorage.clear();
});
afterEach(() => {
  if (typeof document === "undefined") return;
  cleanup();
  Reflect.deleteProperty(HTMLElement.prototype, "clientHeight");
});

// What jsdom does not have yet.
if (typeof HTMLDialogElement !== "undefined") {
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close ??= function (this: HTMLDialogElement) {
    this.open = false;
  };
}

globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
