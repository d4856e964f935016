import { expect, it } from "vitest";
import { pathOf, rangeOf } from "./overview";
import { newestMonth, storedPeriod, wrongWith } from "./period";
import { due, START, speedOf } from "./playback";

it("shows as many bars a second as are asked for, whatever the frames", () => {
  let [shown, pace] = [0, START];
  for (let frame = 0; frame < 60; frame += 1) {
    const [bars, next] = due(pace, 1000 / 60, 10);
    shown += bars;
    pace = next;
  }
  expect(shown).toBeGreaterThanOrEqual(9);
  expect(shown).toBeLessThanOrEqual(10);
});

it("takes fewer bars a frame where frames get late, and more where they don't", () => {
  const [, faster] = due({ carry: 0, batch: 100 }, 16.7, 0);
  const [, slower] = due({ carry: 0, batch: 100 }, 33, 0);
  expect([faster.batch, slower.batch].map(Math.round)).toEqual([105, 60]);
});

it("does not make up for a tab that was hidden", () => {
  expect(due(START, 3_600_000, 10)[0]).toBe(1);
});

it("reads a speed of the address, and knows no other ones", () => {
  expect([speedOf("0"), speedOf("300"), speedOf("7")]).toEqual([0, 300, 60]);
});

it("counts back from the newest bar to the first session", () => {
  const gaps = { sessions: 3, expected: 180, absent: 0, refused: 0, never_asked: 0, rate: 0 };
  const newest = "2024-07-08T13:20:00Z"; // the fifth bar of a Monday; Thursday the 4th is a holiday
  const bars = { newest, behind: 55, recent: gaps, overall: gaps };
  expect(storedPeriod(bars)).toEqual({ from: "2024-07-03", to: "2024-07-08" });
  expect(storedPeriod({ ...bars, newest: null })).toBeNull();
});

it("begins a month before the newest day, or where the bars begin", () => {
  expect(newestMonth({ from: "2024-01-02", to: "2024-07-08" }).from).toBe("2024-06-08");
  expect(newestMonth({ from: "2024-07-01", to: "2024-07-08" }).from).toBe("2024-07-01");
});

it("says what is wrong with a period", () => {
  expect(wrongWith({ from: "2024-07-08", to: "2024-07-05" })).toBe("turned");
  expect(wrongWith({ from: "", to: "2024-07-05" })).toBe("missingDay");
  expect(wrongWith({ from: "2024-07-05", to: "2024-07-05" })).toBeNull();
});

it("draws a curve with its newest point, however many there are", () => {
  const points = [0, 1, -1].map((value, n) => ({ time: n as never, value }));
  expect(rangeOf(points, 3)).toEqual([-1, 1]);
  expect(rangeOf(points, 1)).toEqual([0, 0]);
  expect(pathOf(points, 2, 3, [-1, 1])).toBe("M1,0.5000L2,0.0000");
  const many = Array.from({ length: 2000 }, (_, n) => ({ time: n as never, value: n }));
  expect(pathOf(many, 2000, 2000, [0, 1999]).endsWith("L2000,0.0000")).toBe(true);
});
