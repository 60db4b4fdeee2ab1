import { t, word } from "../../i18n/index";

/** The four words for a priority, the most urgent first: their keys are 1 to 4. */
export const PRIORITIES = [
  { name: "urgent", value: 10 },
  { name: "high", value: 7 },
  { name: "normal", value: 5 },
  { name: "low", value: 3 },
] as const;

/** Another program may have written any number from 1 to 10: the word that is nearest. */
export function priorityName(value: number): string {
  return value >= 9 ? "urgent" : value >= 6 ? "high" : value >= 4 ? "normal" : "low";
}

export const priorityWord = (value: number): string => word(t.priority.words, priorityName(value));
