import { describe, expect, it } from "vitest";
import { byHour, byMonth, byNight, bySide, costsOf, type Evidence, returns } from "./evidence";

const hours = [
  { name: "08–09 h", bars: 24, held: 20, result: 12.5 },
  { name: "09–10 h", bars: 24, held: 10, result: -2.5 },
  { name: "gaps within a session", bars: 0, held: 0, result: 0 },
  { name: "nights, price", bars: 2, held: 2, result: 5 },
  { name: "nights, financing", bars: 2, held: 2, result: -1 },
];

describe("byHour and byNight", () => {
  it("leave out a gap that nothing was held through", () => {
    expect(byHour({ hours }).map(({ name }) => name)).toEqual(["08–09 h", "09–10 h"]);
  });
  it("add up to the whole result", () => {
    const found = byNight({ hours });
    expect(found.map(({ name, value }) => [name, value])).toEqual([
      ["intraday", 10],
      ["nights, price", 5],
      ["nights, financing", -1],
    ]);
    expect(found[0]?.count).toBe(30);
  });
});

describe("bySide", () => {
  const kind = (name: string, result: number) => ({ kind: name, trades: 3, win_rate: 0.5, result });
  it("finds the sides wherever they stand", () => {
    const trades = [[kind("All", 3)], [kind("Long", 5), kind("Short", -2)]] as Evidence["trades"];
    expect(bySide({ trades }).map(({ name, value }) => [name, value])).toEqual([
      ["Long", 5],
      ["Short", -2],
    ]);
  });
});

describe("byMonth", () => {
  it("leaves out months without a session", () => {
    const of = [...Array<null>(6).fill(null), 0.01, ...Array<null>(5).fill(null)];
    const months = [{ year: 2025, months: of, total: 0.01, sessions: 2 }];
    expect(byMonth({ months }).map(({ name }) => name)).toEqual(["2025-07"]);
  });
});

it("gives returns of worths", () => {
  expect(returns([1, 1.25])).toEqual([0, 0.25]);
});

it("orders multiples of the costs by size", () => {
  expect(costsOf({ policy: { x10: [], x2: [], x0: [] } } as unknown as Evidence)).toEqual([
    "x0",
    "x2",
    "x10",
  ]);
});
