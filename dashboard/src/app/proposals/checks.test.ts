import { describe, expect, it } from "vitest";
import { type Check, ifOtherwise, otherSide, readChecks, recommend, scoreOf } from "./checks";

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

describe("recommend", () => {
  const score = (passed: number, failed: number) =>
    checks(criterion("x", passed, true), criterion("y", failed, false));

  it("follows the weight that passed", () => {
    expect(scoreOf(score(8, 2))).toBe(0.8);
    expect(recommend(score(8, 2))).toBe("PROMOTE");
    expect(recommend(score(7.9, 2.1))).toBe("REVIEW");
    expect(recommend(score(4.9, 5.1))).toBe("REJECT");
  });

  it("is capped by gates that fail", () => {
    const all = criterion("x", 1, true);
    expect(recommend(checks(all, gate("beats_flat", false)))).toBe("REVIEW");
    expect(recommend(checks(all, gate("min_trades", false)))).toBe("REJECT");
  });
});

describe("ifOtherwise", () => {
  const found = checks(criterion("x", 3, true), criterion("y", 1, true), gate("beats_flat", true));
  const [heavy, light, flat] = found as [Check, Check, Check];

  it("tells what one check would change", () => {
    expect(ifOtherwise(found, heavy, "PROMOTE")).toBe("REJECT");
    expect(ifOtherwise(found, light, "PROMOTE")).toBe("REVIEW");
    expect(ifOtherwise(found, flat, "PROMOTE")).toBe("REVIEW");
  });

  it("is silent where L4's rules were others", () => {
    expect(ifOtherwise(found, flat, "REJECT")).toBeNull();
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
