import { expect, test } from "vitest";
import { sources } from "./files";

test("only the transport names Tauri", () => {
  const who = sources(".ts", ".svelte").filter(({ text }) => text.includes("@tauri-apps"));
  expect(who.map(({ path }) => path)).toEqual(["src/ipc/transport.ts"]);
});

test("files are read in one go: a component has at most 200 lines", () => {
  const long = sources(".svelte").filter(({ text }) => text.split("\n").length > 200);
  expect(long.map(({ path, text }) => `${path} ${text.split("\n").length}`)).toEqual([]);
});
