import { en, type Texts } from "./en";
import { humanise } from "./plural";

/** The texts of the chosen language. */
export const t: Texts = en;

/** A word of the server as a person reads it. */
export function word(map: Record<string, string>, code: string): string {
  return map[code] ?? humanise(code);
}
