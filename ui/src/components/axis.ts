const STEPS = [1, 2, 3, 5, 10];

/** A round number at or above `max` that four lines divide evenly: 4, 8, 12, 20, 40, 80, 120, .. */
export function niceTop(max: number): number {
  const quarter = Math.max(1, max / 4);
  const power = 10 ** Math.floor(Math.log10(quarter));
  return STEPS.find((step) => step * power >= quarter)! * power * 4;
}
