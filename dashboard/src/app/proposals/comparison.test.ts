import { describe, expect, it } from "vitest";
import { metricRows } from "./comparison";

const proposal = {
  metrics: { skew: 0.1, max_drawdown: 0.04, sharpe_ratio: 1.5, periods_per_year: 237 },
  evidence: { intervals: { sharpe_ratio: { low: 0.5, high: 2.5, level: 0.95 } } },
  vs_baseline: { against: "m1", sharpe_delta: 0.25, drawdown_delta: 0.02 },
};

describe("metricRows", () => {
  it("begins with the Sharpe ratio and its interval", () => {
    const [first, second, third] = metricRows(proposal);
    expect(first).toEqual({
      name: "sharpe_ratio",
      value: 1.5,
      low: 0.5,
      high: 2.5,
      champion: 1.25,
    });
    expect([second?.name, third?.name]).toEqual(["max_drawdown", "skew"]);
  });

  it("turns the drawdown's difference around, which is better when larger", () => {
    expect(metricRows(proposal)[1]?.champion).toBeCloseTo(0.06);
  });

  it("has no champion beside flat", () => {
    const flat = { ...proposal, vs_baseline: { against: "flat", sharpe_delta: 1.5 } };
    expect(metricRows(flat)[0]?.champion).toBeNull();
  });
});
