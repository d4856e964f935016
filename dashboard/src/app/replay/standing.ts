import { countBefore, type Recording, type RoundTrip } from "./recording";

/** Where an account stood at a bar; fractions, and money of the account. */
export interface Standing {
  return: number | null;
  drawdown: number | null;
  deepest: number | null;
  position: number;
  /** Trips that have ended, how many of them with a gain, and what they brought net. */
  trades: number;
  won: number | null;
  money: number;
  /** Told by the result, so only at the end. */
  sharpe: number | null;
}

/** Standing after the first `bars` bars; at the end it is the API's result. */
export function standingAt(recording: Recording, bars: number): Standing {
  const at = bars - 1;
  const trades = closedBy(recording, bars);
  const closed = recording.closed[trades - 1];
  const result = bars >= recording.length ? recording.result : null;
  return {
    return: result?.total_return ?? recording.returns[at]?.value ?? null,
    drawdown: recording.drawdowns[at]?.value ?? null,
    deepest: recording.deepest[at] ?? null,
    position: recording.positions[at] ?? 0,
    trades,
    won: closed === undefined ? null : closed.won / trades,
    money: closed?.money ?? 0,
    sharpe: result?.sharpe ?? null,
  };
}

/** How many trips had ended after the first `bars` bars. */
export function closedBy({ closed }: Recording, bars: number): number {
  return countBefore(closed, ({ bar }) => bar, bars);
}

/** How many trips had begun after the first `bars` bars. */
export function begunBy({ trips }: Recording, bars: number): number {
  return countBefore(trips, ({ entry }) => entry.bar, bars);
}

/** The newest `most` of the first `begun` trips, newest first; of them `closed` had ended. */
export function tripsAt(
  { trips }: Recording,
  begun: number,
  closed: number,
  most: number,
): RoundTrip[] {
  const newest = trips.slice(Math.max(0, begun - most), begun).reverse();
  return newest.map((trip) => (trip.number > closed ? { ...trip, exit: null } : trip));
}

/** The bar count that shows the nearest fill before or after, or where there is none the same. */
export function nextFill(recording: Recording, bars: number, step: 1 | -1): number {
  const shown = recording.candles[bars - 1]?.time ?? 0;
  const { fills } = recording;
  const before = countBefore(fills, ({ time }) => time, step > 0 ? shown + 1 : shown);
  const fill = fills[step > 0 ? before : before - 1];
  if (fill === undefined) return bars;
  return countBefore(recording.candles, ({ time }) => time, fill.time) + 1;
}
