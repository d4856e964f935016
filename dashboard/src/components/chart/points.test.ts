import { describe, expect, it } from "vitest";
import { extended } from "./growing";
import { drawdownFrom, kept, type Point, stamp, withGaps } from "./points";

const points = (...times: string[]): Point[] =>
  times.map((time, n) => ({ time: stamp(`2024-07-${time}:00Z`), value: n }));

describe("gaps", () => {
  it("take the place of bars that are missing within a session", () => {
    const found = withGaps(points("05T13:00", "05T13:15"));
    expect(found.map(({ time }) => time)).toEqual(
      points("05T13:00", "05T13:05", "05T13:10", "05T13:15").map(({ time }) => time),
    );
  });

  it("leave nights and weekends out, but not the ends of sessions", () => {
    const found = withGaps(points("05T17:50", "08T13:05"));
    expect(found.map(({ time }) => time)).toEqual(
      points("05T17:50", "05T17:55", "08T13:00", "08T13:05").map(({ time }) => time),
    );
  });
});

it("drawdown is below the highest value before, also where it goes on", () => {
  const curve = [100, 110, 99, 121].map((value, n) => ({ time: n as Point["time"], value }));
  const [whole, peak] = drawdownFrom(curve);
  expect(whole.map(({ value }) => value)).toEqual([0, 0, 99 / 110 - 1, 0]);
  expect(peak).toBe(121);
  const [, half] = drawdownFrom(curve.slice(0, 2));
  expect(drawdownFrom(curve.slice(2), half)[0]).toEqual(whole.slice(2));
});

it("points that begin as before are known by identity", () => {
  const before = points("05T13:00", "05T13:05", "05T13:10");
  expect(kept(before, [...before, ...points("05T13:15")])).toBe(3);
  expect(kept(before, [...before.slice(0, 2), ...points("05T13:10")])).toBe(2);
  expect(kept(before, points("05T13:00", "05T13:05", "05T13:10"))).toBeNull();
});

it("only what comes later is appended, and nothing changes without it", () => {
  const before = points("05T13:00", "05T13:05");
  expect(extended(before, points("05T13:05"))).toBe(before);
  expect(extended(before, points("05T13:05", "05T13:10"))).toHaveLength(3);
});
