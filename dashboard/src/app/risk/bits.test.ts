import { expect, it } from "vitest";
import { firstBit } from "./bits";

it("finds the last bit of the mantissa", () => {
  expect(firstBit(1, 1 + Number.EPSILON)).toEqual({ part: "mantissa", n: 64 });
});

it("finds the first bit of the mantissa", () => {
  expect(firstBit(1, 1.5)).toEqual({ part: "mantissa", n: 13 });
});

it("finds the exponent: 1 is 0111…1, 2 is 1000…0", () => {
  expect(firstBit(1, 2)).toEqual({ part: "exponent", n: 2 });
});

it("tells −0 from 0, and nothing from itself", () => {
  expect(firstBit(-0, 0)).toEqual({ part: "sign", n: 1 });
  expect(firstBit(0.1, 0.1)).toBeNull();
});
