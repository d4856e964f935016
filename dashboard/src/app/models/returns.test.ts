import { expect, it } from "vitest";
import type { Point } from "@/components/chart/points";
import { returnsFrom } from "./returns";

const point = (time: number, value: number) => ({ time, value }) as Point;
const EQUITY = [point(0, 100), point(300, 200), point(600, 210), point(900, 190)];

it("gives returns since the first common bar", () => {
  const values = returnsFrom(EQUITY, 300).map(({ time, value }) => [time, value.toFixed(4)]);
  expect(values).toEqual([
    [300, "0.0000"],
    [600, "0.0500"],
    [900, "-0.0500"],
  ]);
});

it("gives the same objects again, so that a chart appends", () => {
  const before = returnsFrom(EQUITY, 300);
  const after = returnsFrom([...EQUITY, point(1200, 220)], 300);
  expect(after[0]).toBe(before[0]);
  expect(after).toHaveLength(4);
});

it("has nothing before the other book began", () => {
  expect(returnsFrom(EQUITY, 1200)).toEqual([]);
});
