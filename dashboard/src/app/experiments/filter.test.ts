import { expect, test } from "vitest";
import { matching } from "./filter";

const ROWS = [
  { name: "fast_ppo_v1", base: null, description: "PPO on JAX", protocol: "single_split" },
  { name: "fast_pnl_v1", base: "fast_ppo_v1", description: "Profit alone", protocol: null },
];

test("every word has to be somewhere, whatever its case", () => {
  expect(matching(ROWS, "PROFIT fast").map(({ name }) => name)).toEqual(["fast_pnl_v1"]);
  expect(matching(ROWS, "jax alone")).toEqual([]);
});

test("no word asks for nothing", () => {
  expect(matching(ROWS, "  ")).toHaveLength(2);
});
