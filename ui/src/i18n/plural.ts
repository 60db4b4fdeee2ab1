// One plural rule for every sentence with a number; the forms of a language that has more (Hebrew's dual) fit in.
const LOCALE = "en-GB";
const rules = new Intl.PluralRules(LOCALE);
const figures = new Intl.NumberFormat(LOCALE);

export type Forms = { one: string; other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

/** `{n}` is the number, grouped. */
export function plural(n: number, forms: Forms): string {
  return (forms[rules.select(n)] ?? forms.other).replace("{n}", figures.format(n));
}

const words = new Intl.ListFormat(LOCALE, { type: "conjunction" });
/** "Prepare, Automation and Export" */
export const list = (items: string[]): string => words.format(items);

export const number = (n: number): string => figures.format(n);

/** "already_queued" -> "Already queued": for a word of the server that the catalogue does not have yet. */
export function humanise(code: string): string {
  const words = code.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
