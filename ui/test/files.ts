import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

export type Source = { path: string; text: string };

/** Every file below src whose name ends so. */
export function sources(...endings: string[]): Source[] {
  const walk = (folder: string): string[] =>
    readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? walk(path) : [path];
    });
  return walk("src")
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .map((path) => ({ path, text: readFileSync(path, "utf8") }));
}
