import { describe, expect, it } from "vitest";
import type { Shape } from "@/api/client";
import { aside, columnsOf, rangeOf } from "./folds";

const spread = (median: number) => ({
  minimum: median - 2,
  lower: median - 1,
  median,
  upper: median + 1,
  maximum: median + 2,
});
const distribution = (median: number) => ({
  sharpe: spread(median),
  total_return: spread(0),
  max_drawdown: spread(0),
  baselines: { buy_and_hold: { sharpe: -0.5, total_return: 0 } },
});
const at = { x1: distribution(1), x2: distribution(0.5) };
const day = { start: "2024-01-02", end: "2024-06-28" };
const cell = (seed: number, x1: number) => ({
  fold: 1,
  seed,
  model_id: `m${seed}`,
  window: day,
  sharpe_ratio: { x1, x2: x1 - 1 },
  trades: 5,
  random_percentile: 50,
});
const RUN: Shape<"WalkForward"> = {
  name: "w",
  created_at: "2026-01-05T15:12:00Z",
  experiment: "w",
  edge: false,
  verdict: "",
  checks: [],
  cells: [cell(1, 1.5), cell(2, -4)],
  folds: [
    {
      fold: 1,
      ranges: { training: day, validation: day, test: day },
      sharpes: [1.5, -4],
      trades: spread(5),
      at_costs: at,
      random: { median: -1, high: 3.5 },
    },
  ],
  stitched: at,
  stitched_random: { median: 0, high: 1 },
  ensemble: {
    models: ["m"],
    sharpes: [3.7],
    at_costs: {
      x1: { sharpe: 3.7, total_return: 0.1 },
      x2: { sharpe: 2, total_return: 0.1 },
    },
    statistics: {
      probabilistic_sharpe: 0.9,
      deflated_sharpe: 0.5,
      trials: 2,
      selection_benchmark: 1,
      minimum_track_record: null,
    },
    conclusion: { finding: "stands", falls: [], unclear: [], rests_on: [] },
  },
  shares: { cells: 2, above_zero: 1, above_buy_and_hold: 1, above_random: 0 },
  trials: { here: 2, overlapping: 2 },
  notices: [],
  lineage: {},
};

describe("columns of a walk-forward", () => {
  it("are its folds, and last the stitched record", () => {
    const found = columnsOf(RUN, "x1");
    expect(found.map(({ fold }) => fold)).toEqual([1, null]);
    expect(found[0]?.seeds).toEqual([
      { seed: 1, sharpe: 1.5 },
      { seed: 2, sharpe: -4 },
    ]);
    expect(found[1]?.random).toEqual({ median: 0, high: 1 });
  });

  it("have no random traders at costs that these did not pay", () => {
    const found = columnsOf(RUN, "x2");
    expect(found.map(({ random }) => random)).toEqual([null, null]);
    expect(found[0]?.seeds[0]?.sharpe).toBe(0.5);
  });

  it("hold the seeds joined, of a fold only at the costs as they are", () => {
    const joined = (multiple: string) => columnsOf(RUN, multiple).map((one) => one.joined);
    expect(joined("x1")).toEqual([3.7, 3.7]);
    expect(joined("x2")).toEqual([null, 2]);
    expect(columnsOf({ ...RUN, ensemble: null }, "x1").map((one) => one.joined)).toEqual([
      null,
      null,
    ]);
  });
});

it("the range holds every seed at every cost, the seeds joined, and the random traders", () => {
  const [low, high] = rangeOf(RUN);
  expect(low).toBeLessThan(-5);
  expect(high).toBeGreaterThan(3.7);
  expect(high - low).toBeLessThan(10);
});

describe("dots that lie close", () => {
  it("are pushed apart, and others are not", () => {
    expect(aside([1, 1.05, 3], 0.1)).toEqual([-1, 1, 0]);
  });
});
