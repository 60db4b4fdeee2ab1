// The only file that knows Tauri. A transport carries calls and events; the mock carries them to an invented queue.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { getCurrentWindow } from "@tauri-apps/api/window";

export interface Transport {
  /** Rejects with the wire's Error. */
  call<T>(command: string, args?: Record<string, unknown>): Promise<T>;
  /** Returns the function that stops listening. */
  on<T>(event: string, handler: (payload: T) => void): Promise<() => void>;
}

const tauri: Transport = {
  call: (command, args) => invoke(command, args),
  on: (event, handler) => listen(event, ({ payload }) => handler(payload as never)),
};

/** The title of the window, which the system shows outside of it too. */
export function setTitle(title: string) {
  document.title = title;
  if ("__TAURI_INTERNALS__" in window) void getCurrentWindow().setTitle(title).catch(() => {});
}

/** The window's transport; in a plain browser the mock, which the shipped window never asks for. */
export async function openTransport(): Promise<Transport> {
  if ("__TAURI_INTERNALS__" in window) return tauri;
  const scenario = new URLSearchParams(location.search).get("mock");
  if (import.meta.env.DEV || scenario !== null) {
    const { mockTransport } = await import("./mock");
    return mockTransport(scenario || "busy");
  }
  return tauri;
}
