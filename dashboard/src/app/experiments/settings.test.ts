import { expect, it } from "vitest";
import { sectionsOf } from "./settings";

it("gathers what stands at the top, and flattens each part", () => {
  const found = sectionsOf({
    name: "x",
    description: "y",
    protocol: "single_split",
    training: { gamma: 0.99, layers: [64, 64] },
    costs: { half_spread_bps: { "8": 2 }, slippage_bps: 0.5 },
    curriculum: [],
    walk_forward: null,
    environment: {},
  });
  expect(found).toEqual([
    {
      name: "",
      settings: [
        { key: "protocol", value: "single_split" },
        { key: "curriculum", value: [] },
        { key: "walk_forward", value: null },
        { key: "environment", value: {} },
      ],
    },
    {
      name: "training",
      settings: [
        { key: "gamma", value: 0.99 },
        { key: "layers", value: [64, 64] },
      ],
    },
    {
      name: "costs",
      settings: [
        { key: "half_spread_bps.8", value: 2 },
        { key: "slippage_bps", value: 0.5 },
      ],
    },
  ]);
});
