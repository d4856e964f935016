import { expect, it } from "vitest";
import { differenceOf } from "./parity";

const stored = {
  bar: "2025-08-06T14:55:00+00:00",
  feature: "rsi_9",
  live: 50,
  batch: 50.00000000000001,
  cause: "the bar of 2025-08-06 14:50 UTC was revised",
};

it("goes down to the bit", () => {
  expect(differenceOf(stored)?.bit).toEqual({ part: "mantissa", n: 64 });
});

it("has no bit where one of the two has nothing", () => {
  expect(differenceOf({ ...stored, batch: null })).toMatchObject({ kind: "firstIn", bit: null });
});

it("tells a missing bar and a spoilt state from a feature", () => {
  expect(differenceOf({ ...stored, feature: "bar" })?.kind).toBe("whole");
  expect(differenceOf({ ...stored, feature: "kernel_state" })?.kind).toBe("kernel");
  expect(differenceOf(null)).toBeNull();
});

it("takes a bar that is no time for none", () => {
  expect(differenceOf({ ...stored, bar: "" })?.bar).toBeNull();
});
