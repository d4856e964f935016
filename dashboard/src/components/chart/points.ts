import type { Time, UTCTimestamp } from "lightweight-charts";
import { BAR_S, BARS, barNumber, sessionDay, sessionOpen } from "@/lib/market";

/** Seconds since 1970 of a bar's open. */
export type Stamp = UTCTimestamp;

export interface Candle {
  time: Stamp;
  open: number;
  high: number;
  low: number;
  close: number;
}
export interface Point {
  time: Stamp;
  value: number;
}
export type Whitespace = { time: Stamp };

/** A fill on the chart: a triangle at its price. */
export interface FillMark {
  time: Stamp;
  price: number;
  /** Positions before and after: −1, 0 or 1. */
  from: number;
  to: number;
}

export const stamp = (time: string | number | Date): Stamp =>
  (new Date(time).getTime() / 1000) as Stamp;

export const asStamp = (time: Time): Stamp => time as Stamp;

/** The same points with a place left for each bar of a session that is missing between two.
 *
 * Nights, weekends and whole missing days take no place. Times ascend, on the session's grid.
 */
export function withGaps<P extends Whitespace>(points: readonly P[]): (P | Whitespace)[] {
  const found: (P | Whitespace)[] = [];
  let before: P | undefined;
  for (const point of points) {
    if (before !== undefined) found.push(...missing(before.time, point.time));
    found.push(point);
    before = point;
  }
  return found;
}

function missing(from: number, to: number): Whitespace[] {
  if (to - from === BAR_S) return [];
  const found: Whitespace[] = [];
  const push = (start: number, end: number) => {
    for (let time = start; time < end; time += BAR_S) found.push({ time: time as Stamp });
  };
  const day = sessionDay(from * 1000);
  const next = sessionDay(to * 1000);
  if (barNumber(from * 1000) === null || barNumber(to * 1000) === null) return [];
  if (day === next) push(from + BAR_S, to);
  else {
    push(from + BAR_S, sessionOpen(day) + BARS * BAR_S);
    push(sessionOpen(next), to);
  }
  return found;
}

/** Loss since the highest value before, as a fraction, zero or negative; and the peak at the end.
 *
 * `peak` is the highest value before the first point.
 */
export function drawdownFrom(
  equity: readonly Point[],
  peak = Number.NEGATIVE_INFINITY,
): [Point[], number] {
  let highest = peak;
  const found = equity.map(({ time, value }) => {
    highest = Math.max(highest, value);
    return { time, value: highest > 0 ? value / highest - 1 : 0 };
  });
  return [found, highest];
}

/** How many points at the start of `next` are those of `before`; the rest can be appended. Null
 * where it is another series. Points are compared by identity, the last but one for all. */
export function kept<P>(before: readonly P[], next: readonly P[]): number | null {
  const sure = before.length - 1;
  if (sure < 1 || next.length < before.length) return null;
  const same = next[0] === before[0] && next[sure - 1] === before[sure - 1];
  return same ? (next[sure] === before[sure] ? sure + 1 : sure) : null;
}
