/** A value of each session, null where there is none. */
export type Values = readonly (number | null)[];

export interface Domain {
  low: number;
  high: number;
  /** Round values within, ascending. */
  ticks: readonly number[];
}

const STEPS = [1, 2, 2.5, 5, 10];

/** The span of all values and 0, with about `wanted` round steps. */
export function domainOf(series: readonly Values[], wanted = 5): Domain {
  let [low, high] = [0, 0];
  for (const values of series) {
    for (const value of values) {
      if (value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low === high) high = 0.01;
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  const ticks = Array.from({ length: last - first + 1 }, (_, n) => round((first + n) * step));
  return { low: round(first * step), high: round(last * step), ticks };
}

const round = (value: number) => Math.round(value * 1e10) / 1e10;

/** An SVG path through values at equal distances; null breaks it. */
export function pathOf(values: Values, x: (n: number) => number, y: (v: number) => number): string {
  let pen = "M";
  let path = "";
  values.forEach((value, n) => {
    if (value === null) {
      pen = "M";
      return;
    }
    path += `${pen}${x(n).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = "L";
  });
  return path;
}

/** The outline of what lies between two series; parts where one is null are left out. */
export function areaOf(
  low: Values,
  high: Values,
  x: (n: number) => number,
  y: (v: number) => number,
): string {
  const both = low.flatMap((value, n) => {
    const other = high[n];
    return value === null || other == null ? [] : [{ n, value, other }];
  });
  if (both.length < 2) return "";
  const point = (n: number, value: number) => `${x(n).toFixed(1)} ${y(value).toFixed(1)}`;
  const up = both.map(({ n, other }) => point(n, other));
  const down = [...both].reverse().map(({ n, value }) => point(n, value));
  return `M${[...up, ...down].join("L")}Z`;
}

/** Where a month begins among ascending days `YYYY-MM-DD`, thinned to `most`. */
export function monthStarts(days: readonly string[], most: number): number[] {
  const starts = days.flatMap((day, n) =>
    n > 0 && day.slice(0, 7) !== days[n - 1]?.slice(0, 7) ? [n] : [],
  );
  const every = Math.max(1, Math.ceil(starts.length / Math.max(1, most)));
  return starts.filter((_, n) => n % every === 0);
}

/** First and last session of a period among ascending days; null where none lies in it. */
export function within(
  days: readonly string[],
  period: { start: string; end: string },
): { first: number; last: number } | null {
  const first = days.findIndex((day) => day >= period.start);
  const last = days.findLastIndex((day) => day <= period.end);
  return first === -1 || last < first ? null : { first, last };
}
