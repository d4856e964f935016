import { describe, expect, it } from "vitest";
import type { ReplayEvent, Told } from "@/api/stream";
import { barsUntil, Recording } from "./recording";
import { begunBy, closedBy, nextFill, standingAt, tripsAt } from "./standing";

type Position = "LONG" | "FLAT" | "SHORT";
const at = (bar: number) => new Date(Date.UTC(2025, 5, 3, 13, 5 * bar)).toISOString();

function bar(n: number, equity: number, position: Position): Told<ReplayEvent> {
  const price = { open: 4000, high: 4001, low: 3999, close: 4000 };
  return { type: "bar", id: n + 2, data: { timestamp: at(n), ...price, equity, position } };
}
function trade(n: number, side: "BUY" | "SELL", pnl: number | null): Told<ReplayEvent> {
  const data = { timestamp: at(n), side, entry_price: 4000 + n, pnl, model_id: "m" };
  return { type: "trade", id: n + 1, data };
}

/** Long from bar 1, turned short at 2, flat from 4. */
const EVENTS: Told<ReplayEvent>[] = [
  { type: "progress", id: 1, data: { progress: 0, current_bar: 0, total_bars: 6 } },
  bar(0, 1000, "FLAT"),
  trade(1, "BUY", null),
  bar(1, 1010, "LONG"),
  trade(2, "SELL", 20),
  bar(2, 1100, "SHORT"),
  bar(3, 990, "SHORT"),
  trade(4, "BUY", -30),
  bar(4, 1045, "FLAT"),
  { type: "result", id: 9, data: { success: true, total_return: 0.045, sharpe: 1.5, message: "" } },
];

function recorded(events = EVENTS): Recording {
  const recording = new Recording();
  for (const event of events) recording.take([event]);
  return recording;
}

describe("a recording", () => {
  it("measures returns from the first bar and losses from the peak", () => {
    const { returns, drawdowns, deepest } = recorded();
    expect(returns.map(({ value }) => value.toFixed(4))).toEqual([
      "0.0000",
      "0.0100",
      "0.1000",
      "-0.0100",
      "0.0450",
    ]);
    expect(drawdowns.map(({ value }) => value.toFixed(4))).toEqual([
      "0.0000",
      "0.0000",
      "0.0000",
      "-0.1000",
      "-0.0500",
    ]);
    expect(deepest.map((value) => value.toFixed(2))).toEqual([
      "0.00",
      "0.00",
      "0.00",
      "-0.10",
      "-0.10",
    ]);
  });

  it("ends a trip and begins the next one where a position is turned", () => {
    const { trips, fills } = recorded();
    expect(fills.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, -1],
      [-1, 0],
    ]);
    expect(
      trips.map(({ side, entry, exit }) => [side, entry.bar, exit?.bar, exit?.result]),
    ).toEqual([
      [1, 1, 2, 20],
      [-1, 2, 4, -30],
    ]);
  });

  it("keeps what is shown the same object while it grows", () => {
    const recording = recorded(EVENTS.slice(0, 4));
    const [first] = recording.candles;
    recording.take(EVENTS.slice(4));
    expect(recording.candles[0]).toBe(first);
    expect(recording.last).toBe(9);
    expect(recording.total).toBe(6);
  });
});

describe("the standing at a bar", () => {
  it("knows nothing of what comes later", () => {
    expect(standingAt(recorded(), 3)).toMatchObject({
      position: -1,
      deepest: 0,
      trades: 1,
      won: 1,
      money: 20,
      sharpe: null,
    });
  });

  it("is the API's result at the end", () => {
    expect(standingAt(recorded(), 5)).toMatchObject({
      return: 0.045,
      sharpe: 1.5,
      trades: 2,
      won: 0.5,
      money: -10,
    });
  });

  it("is empty before the first bar", () => {
    expect(standingAt(new Recording(), 0)).toMatchObject({ return: null, trades: 0, won: null });
  });

  it("shows a trip as open until its exit", () => {
    const recording = recorded();
    const shown = (bars: number) =>
      tripsAt(recording, begunBy(recording, bars), closedBy(recording, bars), 9).map(
        ({ number, exit }) => [number, exit?.result],
      );
    expect(shown(1)).toEqual([]);
    expect(shown(2)).toEqual([[1, undefined]]);
    expect(shown(4)).toEqual([
      [2, undefined],
      [1, 20],
    ]);
    expect(shown(5)).toEqual([
      [2, -30],
      [1, 20],
    ]);
  });
});

it("finds bars by time and fills by bar", () => {
  const recording = recorded();
  expect(barsUntil(recording, Date.parse(at(2)) / 1000)).toBe(3);
  expect(barsUntil(recording, Date.parse(at(2)) / 1000 - 1)).toBe(2);
  expect([nextFill(recording, 1, 1), nextFill(recording, 2, 1), nextFill(recording, 5, 1)]).toEqual(
    [2, 3, 5],
  );
  expect([nextFill(recording, 5, -1), nextFill(recording, 2, -1)]).toEqual([3, 2]);
});
