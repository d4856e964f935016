import { describe, expect, it } from "vitest";
import { type Check, otherSide, readChecks, scoreOf } from "./checks";

const criterion = (name: string, weight: number, passed: boolean) => ({
  kind: "criterion",
  metric: name,
  value: 1,
  threshold: 1,
  direction: "gte",
  weight,
  passed,
});
const gate = (name: string, passed: boolean) => ({
  kind: "gate",
  gate: name,
  value: 1,
  threshold: 1,
  passed,
  explanation: `${name}.`,
});
const checks = (...rows: Record<string, unknown>[]) =>
  readChecks({ criteria_results: rows, remedies: ["First.", "Second."] });

describe("readChecks", () => {
  it("gives each failed gate its own remedy, in order", () => {
    const found = checks(gate("a", false), gate("b", true), gate("c", false));
    expect(found.map((one) => one.kind === "gate" && one.remedy)).toEqual([
      "First.",
      null,
      "Second.",
    ]);
  });

  it("reads an undefined figure as none", () => {
    expect(checks({ ...gate("a", false), value: null })[0]?.value).toBeNull();
  });
});

describe("scoreOf", () => {
  it("is the share of the weight that passed", () => {
    expect(scoreOf(checks(criterion("x", 8, true), criterion("y", 2, false)))).toBe(0.8);
    expect(scoreOf(checks(gate("a", true)))).toBeNull();
  });
});

describe("otherSide", () => {
  it.each([
    ["below", gate("deflated_sharpe", true)],
    ["atLeast", gate("deflated_sharpe", false)],
    ["atMost", gate("beats_flat", true)],
    ["above", gate("beats_flat", false)],
    ["above", gate("look_ahead", true)],
    ["below", criterion("x", 1, true)],
    ["atMost", { ...criterion("x", 1, false), direction: "lte" }],
  ])("%s", (side, row) => {
    expect(otherSide(checks(row)[0] as Check)).toBe(side);
  });
});
