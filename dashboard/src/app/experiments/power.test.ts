import { expect, it } from "vitest";
import { curvesOf, holdings } from "./power";

const rate = (value: number) => ({
  hits: 1,
  runs: 2,
  rate: value,
  interval: [0, 1] as [number, number],
});
const point = (holds_for: string, sessions: number, look: number, edge: number) => ({
  holds_for,
  sessions,
  look,
  edge,
  promoted: rate(edge / 4),
  realised_sharpe: edge,
  standard_error: 0.1,
});
const POWER = [
  point("a session", 125, 10, 2),
  point("a session", 125, 10, 0),
  point("a third of a session", 125, 1, 0),
  point("a session", 480, 1, 0),
];

it("draws a curve for each window and look, the longest window first", () => {
  const found = curvesOf(POWER, "a session");
  expect(found.map(({ sessions, look }) => [sessions, look])).toEqual([
    [480, 1],
    [125, 10],
  ]);
  expect(found[1]?.points.map(({ edge }) => edge)).toEqual([0, 2]);
});

it("names each holding time once", () => {
  expect(holdings(POWER)).toEqual(["a session", "a third of a session"]);
});
