import type { Shape } from "@/api/client";
import type { ReplayEvent, Told } from "@/api/stream";
import {
  type Candle,
  type FillMark,
  type Point,
  type Stamp,
  stamp,
} from "@/components/chart/points";

type Bar = Shape<"BarMark">;
type Trade = Shape<"TradeMark">;
export type Result = Shape<"Result">;

const POSITION = { LONG: 1, FLAT: 0, SHORT: -1 } as const;

/** A position from its entry to its exit; bars are numbered from 0. */
export interface RoundTrip {
  readonly number: number;
  readonly side: 1 | -1;
  readonly entry: { readonly bar: number; readonly time: Stamp; readonly price: number };
  readonly exit: {
    readonly bar: number;
    readonly time: Stamp;
    readonly price: number;
    /** Net of costs, in the account's money. */
    readonly result: number | null;
  } | null;
}

/** What one replay has told so far. The lists only grow, and what is in them stays the same
 * object, so that any beginning of them can be shown.
 */
export class Recording {
  readonly candles: Candle[] = [];
  /** Return since the first bar, a fraction. Nothing is held over that bar, so it is since the start. */
  readonly returns: Point[] = [];
  /** Loss since the highest equity before, zero or negative. */
  readonly drawdowns: Point[] = [];
  /** The deepest drawdown up to each bar. */
  readonly deepest: number[] = [];
  /** Held over each bar's close: −1, 0 or 1. */
  readonly positions: number[] = [];
  readonly fills: FillMark[] = [];
  /** By entry. */
  readonly trips: RoundTrip[] = [];
  /** Result of each trip that has ended, by exit: won trips and money up to and with it. */
  readonly closed: { bar: number; won: number; money: number }[] = [];
  /** Bars of the whole replay; 0 until it is known. */
  total = 0;
  result: Result | null = null;
  /** Id of the newest event. */
  last: number | null = null;
  private capital = 0;
  private peak = Number.NEGATIVE_INFINITY;
  private trade: Trade | null = null;

  /** How many bars are here. */
  get length(): number {
    return this.candles.length;
  }

  take(events: readonly Told<ReplayEvent>[]): void {
    for (const event of events) {
      if (event.id !== null) this.last = event.id;
      if (event.type === "bar") this.bar(event.data);
      else if (event.type === "trade") this.trade = event.data;
      else if (event.type === "progress") this.total = event.data.total_bars;
      else this.result = event.data;
    }
  }

  private bar({ timestamp, open, high, low, close, equity, position }: Bar): void {
    const time = stamp(timestamp);
    const held = POSITION[position];
    if (this.length === 0) this.capital = equity;
    this.peak = Math.max(this.peak, equity);
    const drawdown = equity / this.peak - 1;
    if (this.trade !== null) this.fill(this.trade, time, held);
    this.trade = null;
    this.candles.push({ time, open, high, low, close });
    this.returns.push({ time, value: equity / this.capital - 1 });
    this.drawdowns.push({ time, value: drawdown });
    this.deepest.push(Math.min(this.deepest.at(-1) ?? 0, drawdown));
    this.positions.push(held);
  }

  /** A trade is told before its bar, which tells what is held after it. */
  private fill({ entry_price: price, pnl }: Trade, time: Stamp, to: 1 | 0 | -1): void {
    const bar = this.length;
    const from = this.positions.at(-1) ?? 0;
    this.fills.push({ time, price, from, to });
    const open = this.trips.at(-1);
    if (from !== 0 && open !== undefined) {
      this.trips[this.trips.length - 1] = { ...open, exit: { bar, time, price, result: pnl } };
      const before = this.closed.at(-1) ?? { won: 0, money: 0 };
      const won = before.won + ((pnl ?? 0) > 0 ? 1 : 0);
      this.closed.push({ bar, won, money: before.money + (pnl ?? 0) });
    }
    if (to !== 0) {
      this.trips.push({
        number: this.trips.length + 1,
        side: to,
        entry: { bar, time, price },
        exit: null,
      });
    }
  }
}

/** How many of an ascending list come before `end`. */
export function countBefore<T>(list: readonly T[], key: (item: T) => number, end: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = list[middle];
    if (item !== undefined && key(item) < end) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many bars of a replay had opened by a time. */
export function barsUntil(recording: Recording, time: number): number {
  return countBefore(recording.candles, (candle) => candle.time, time + 1);
}
