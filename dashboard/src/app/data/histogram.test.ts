import { expect, test } from "vitest";
import { HEIGHT, loudFirst, outlines, WIDTH } from "./histogram";

test("both histograms share one scale", () => {
  const [training, live] = outlines([0.5, 0.5], [1, 0]);
  expect(training).toBe(`M0,${HEIGHT}V24H60V24H${WIDTH}V${HEIGHT}`);
  expect(live).toBe(`M0,${HEIGHT}V0H60V48H${WIDTH}V${HEIGHT}`);
});

test("a feature that live never saw has no second outline", () => {
  expect(outlines([1], null)[1]).toBe("");
});

test("what drifted comes first, then by distance", () => {
  const of = (feature: string, ks: number | null, alert: boolean) => ({
    feature,
    ks,
    alert,
    p_value: 0.5,
    edges: [0, 1],
    training: [1],
    live: [1],
  });
  const found = loudFirst([of("a", 0.9, false), of("b", null, false), of("c", 0.2, true)]);
  expect(found.map(({ feature }) => feature)).toEqual(["c", "a", "b"]);
});
