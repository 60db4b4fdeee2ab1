import { expect, test } from "vitest";
import { sources } from "./files";

const PHYSICAL = [
  /(?:^|[\s;{])(?:margin|padding|border)-(?:left|right|top|bottom)\b/,
  /(?:^|[\s;{])(?:left|right|top|bottom)\s*:/,
  /(?:^|[\s;{])(?:min-|max-)?(?:width|height)\s*:/,
  /text-align\s*:\s*(?:left|right)/,
  /(?:^|[\s;{])float\s*:/,
  /border-(?:top|bottom)-(?:left|right)-radius/,
  /translate(?:X|Y|3d)?\(/,
];

function styles(path: string, text: string): string {
  const css = path.endsWith(".css") ? text : [...text.matchAll(/<style>([\s\S]*?)<\/style>/g)].map((match) => match[1]).join("\n");
  // Media queries ask for the window's width; that has no logical name.
  return css.replace(/@media[^{]*\{/g, "{").replace(/\/\*[\s\S]*?\*\//g, "");
}

test("styles name no physical side, so the whole window mirrors for Hebrew", () => {
  const found = sources(".svelte", ".css").flatMap(({ path, text }) =>
    styles(path, text)
      .split("\n")
      .filter((line) => PHYSICAL.some((rule) => rule.test(line)))
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(found).toEqual([]);
});

test("components name tokens, never a colour of their own", () => {
  const found = sources(".svelte", "base.css").filter(({ path, text }) => /#[0-9a-f]{3,8}\b|rgba?\(/i.test(styles(path, text)));
  expect(found.map(({ path }) => path)).toEqual([]);
});
