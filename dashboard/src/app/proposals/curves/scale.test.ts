import { describe, expect, it } from "vitest";
import { areaOf, domainOf, monthStarts, pathOf, within } from "./scale";

const same = (n: number) => n;

describe("domainOf", () => {
  it("holds all values and zero, on round ticks", () => {
    expect(domainOf([[0.01, 0.29], [-0.03]])).toEqual({
      low: -0.1,
      high: 0.3,
      ticks: [-0.1, 0, 0.1, 0.2, 0.3],
    });
  });
  it("is not empty where nothing moves", () => {
    const { low, high } = domainOf([[0, null, 0]]);
    expect(high).toBeGreaterThan(low);
  });
});

describe("pathOf", () => {
  it("breaks where there is no value", () => {
    expect(pathOf([1, 2, null, 3], same, same)).toBe("M0.0 1.0L1.0 2.0M3.0 3.0");
  });
});

describe("areaOf", () => {
  it("goes up one side and back the other", () => {
    expect(areaOf([0, 1], [2, 3], same, same)).toBe("M0.0 2.0L1.0 3.0L1.0 1.0L0.0 0.0Z");
  });
  it("is nothing without two points", () => {
    expect(areaOf([null, 1], [2, 3], same, same)).toBe("");
  });
});

describe("monthStarts", () => {
  it("marks the first session of each month but the first", () => {
    const days = ["2025-07-30", "2025-07-31", "2025-08-01", "2025-08-04", "2025-09-01"];
    expect(monthStarts(days, 12)).toEqual([2, 4]);
    expect(monthStarts(days, 1)).toEqual([2]);
  });
});

describe("within", () => {
  const days = ["2025-06-30", "2025-07-02", "2025-07-03"];
  it("finds the sessions of a period that begins on none", () => {
    expect(within(days, { start: "2025-07-01", end: "2025-12-31" })).toEqual({ first: 1, last: 2 });
  });
  it("finds none outside", () => {
    expect(within(days, { start: "2026-01-01", end: "2026-02-01" })).toBeNull();
  });
});
