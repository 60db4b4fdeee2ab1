import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync("src/styles/tokens.css", "utf8");
const block = (selector: string): Record<string, string> => {
  const body = css.slice(css.indexOf(`${selector} {`)).match(/\{([\s\S]*?)\n\}/)![1]!;
  return Object.fromEntries([...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\b/g)].map((match) => [match[1]!, match[2]!]));
};
const light = block(":root");
const themes = { light, dark: { ...light, ...block(':root[data-theme="dark"]') } };

function luminance(hex: string): number {
  const channels = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
  const [r, g, b] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const STATES = ["queued", "held", "sending", "sent", "delivered", "failed", "unknown", "cancelled"];
const GROUNDS = ["surface-app", "surface-1", "surface-2", "surface-raised"];
const INKS = [...["text", "text-2", "text-3", "accent"].flatMap((ink) => GROUNDS.map((ground) => [ink, ground])), ...STATES.flatMap((s) => [[s, "surface-1"], [s, "surface-2"], [s, `${s}-tint`]]),
  ...["text", "text-2", "text-3"].flatMap((ink) => [[ink, "accent-soft"], [ink, "surface-3"]]), ["on-accent", "accent-fill"], ["on-accent", "accent-fill-hover"], ["on-danger", "danger-fill"], ["on-danger", "danger-fill-hover"],
  ...STATES.map((s) => ["text-2", `${s}-tint`]), ["text", "held-tint"]] as [string, string][];
const MARKS = [...STATES.map((s) => `${s}-mark`), "line-strong", "focus", "env-local", "env-staging", "env-production", "reason-hours", "reason-day", "reason-hour", "reason-paused", "reason-zone"];

describe.each(Object.entries(themes))("%s theme", (_, tokens) => {
  test.each(INKS)("%s can be read on %s", (ink, ground) => {
    expect(contrast(tokens[ink]!, tokens[ground]!)).toBeGreaterThanOrEqual(4.5);
  });
  test.each(MARKS)("%s can be told from the page", (mark) => {
    expect(contrast(tokens[mark]!, tokens["surface-1"]!)).toBeGreaterThanOrEqual(3);
  });
});
