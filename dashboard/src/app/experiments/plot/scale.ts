import type { Language } from "@/lib/catalogue";

/** From values to pixels, and back. */
export interface Scale {
  (value: number): number;
  invert(pixel: number): number;
}

export function linear([low, high]: readonly [number, number], from: number, to: number): Scale {
  const width = high - low || 1;
  const scale = (value: number) => from + ((value - low) / width) * (to - from);
  return Object.assign(scale, {
    invert: (pixel: number) => low + ((pixel - from) / (to - from || 1)) * width,
  });
}

const STEPS = [1, 2, 2.5, 5, 10];

/** Round values over a span, about so many; at least one, and zero is one if it lies inside. */
export function ticks([low, high]: readonly [number, number], about: number): number[] {
  const rough = (high - low || 1) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((one) => one * power >= rough * 0.999) ?? 10) * power;
  const found: number[] = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n += 1)
    found.push(n === 0 ? 0 : Number((n * step).toPrecision(12)));
  return found.length > 0 ? found : [low];
}

type Value = number | null | undefined;

/** The lowest and the highest of values and of what has to be seen besides, with some air. */
export function extent(values: Iterable<Value>, seen: readonly number[] = [0]): [number, number] {
  let [low, high] = [Math.min(...seen), Math.max(...seen)];
  for (const value of values) {
    if (value == null || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(high > low)) return Number.isFinite(low) ? [low - 1, low + 1] : [0, 1];
  const air = (high - low) * 0.06;
  return [low - air, high + air];
}

const round = (value: number) => Math.round(value * 10) / 10;

/** A path through points; it breaks where one has no value. */
export function path(values: readonly Value[], x: (n: number) => number, y: Scale): string {
  let pen = "M";
  let found = "";
  values.forEach((value, n) => {
    if (value == null) {
      pen = "M";
      return;
    }
    found += `${pen}${round(x(n))},${round(y(value))}`;
    pen = "L";
  });
  return found;
}

/** The area between two curves, where both have values. */
export function area(
  low: readonly Value[],
  high: readonly Value[],
  x: (n: number) => number,
  y: Scale,
): string {
  const there: string[] = [];
  const back: string[] = [];
  high.forEach((top, n) => {
    const bottom = low[n];
    if (top == null || bottom == null) return;
    there.push(`${round(x(n))},${round(y(top))}`);
    back.unshift(`${round(x(n))},${round(y(bottom))}`);
  });
  return there.length < 2 ? "" : `M${[...there, ...back].join("L")}Z`;
}

const DAYS = 4;
/** Sessions. */
const A_YEAR = 260;

/** A few days along an axis of sessions, none of them at its ends; months, of more than a year. */
export function dayTicks(
  days: readonly string[],
  language: Language,
): { at: number; text: string }[] {
  const shape =
    days.length > A_YEAR ? ({ year: "numeric" } as const) : ({ day: "numeric" } as const);
  const said = new Intl.DateTimeFormat(language === "es" ? "es" : "en-GB", {
    ...shape,
    month: "short",
    timeZone: "UTC",
  });
  const count = Math.min(DAYS, days.length);
  const places = Array.from({ length: count }, (_, n) =>
    Math.round(((n + 0.5) / count) * (days.length - 1)),
  );
  return [...new Set(places)].map((at) => ({
    at,
    text: said.format(new Date(`${days[at]}T00:00:00Z`)),
  }));
}
