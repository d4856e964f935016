import { expect, test } from "vitest";
import { flipped, isComparable, matching, namesIn } from "./filter";

const ran = (vote: string | null) => ({ vote });
const ROWS = [
  {
    name: "fast_ppo_v1",
    base: null,
    description: "PPO on JAX",
    protocol: "single_split",
    last_run: ran("REJECT"),
  },
  {
    name: "fast_pnl_v1",
    base: "fast_ppo_v1",
    description: "Profit alone",
    protocol: "single_split",
    last_run: ran(null),
  },
  {
    name: "walk",
    base: null,
    description: "All folds",
    protocol: "walk_forward",
    last_run: null,
  },
];
const names = (text: string, protocol = "", vote = "") =>
  matching(ROWS, { text, protocol, vote }).map(({ name }) => name);

test("every word has to be somewhere, whatever its case", () => {
  expect(names("PROFIT fast")).toEqual(["fast_pnl_v1"]);
  expect(names("jax alone")).toEqual([]);
});

test("no word asks for nothing", () => {
  expect(names("  ")).toHaveLength(3);
});

test("protocol and vote narrow further", () => {
  expect(names("", "single_split")).toEqual(["fast_ppo_v1", "fast_pnl_v1"]);
  expect(names("fast", "", "REJECT")).toEqual(["fast_ppo_v1"]);
  expect(names("", "", "none")).toEqual(["fast_pnl_v1", "walk"]);
});

test("only single splits that ran can be compared", () => {
  expect(ROWS.map(isComparable)).toEqual([true, true, false]);
});

test("names are added at the end and taken out of the address", () => {
  expect(namesIn("")).toEqual([]);
  expect(flipped([], "a")).toBe("a");
  expect(flipped(namesIn("a,b"), "c")).toBe("a,b,c");
  expect(flipped(namesIn("a,b"), "a")).toBe("b");
});
