import { expect, test } from "vitest";
import { barsOf, HEIGHT, WIDTH } from "./histogram";

test("both histograms share bins and scale, and stand on the ground", () => {
  const [trained, live] = barsOf([0.5, 0.5], [0.25, 0.75]);
  expect(live[1]).toEqual({ x: WIDTH / 2, y: 0, width: (WIDTH / 2) * 0.9, height: HEIGHT });
  expect(trained[0]?.height).toBeCloseTo((HEIGHT * 2) / 3);
  for (const bar of [...trained, ...live]) expect(bar.y + bar.height).toBeCloseTo(HEIGHT);
});

test("nothing seen live draws training alone", () => {
  const [trained, live] = barsOf([1, 0], null);
  expect(live).toEqual([]);
  expect(trained[1]?.height).toBe(0);
});
