import type { Point } from "@/components/chart/points";

/** Corners of a curve at most; a screen has about as many columns. */
const MOST = 600;

/** A curve as a path: bars along x from 0 to `all`, values upwards from `low` (1) to `high` (0). */
export function pathOf(
  points: readonly Point[],
  count: number,
  all: number,
  [low, high]: readonly [number, number],
): string {
  const stride = Math.max(1, Math.ceil(all / MOST));
  const scale = high > low ? 1 / (high - low) : 0;
  const corners: string[] = [];
  const corner = (bar: number) => {
    const value = points[bar]?.value ?? 0;
    corners.push(`${bar + 1},${((high - value) * scale).toFixed(4)}`);
  };
  for (let bar = 0; bar < count; bar += stride) corner(bar);
  if (count > 0 && (count - 1) % stride !== 0) corner(count - 1);
  return corners.length === 0 ? "" : `M${corners.join("L")}`;
}

/** Lowest and highest of the first `count` points, zero included. */
export function rangeOf(points: readonly Point[], count: number): [number, number] {
  let [low, high] = [0, 0];
  const stride = Math.max(1, Math.ceil(count / MOST));
  for (let bar = 0; bar < count; bar += stride) {
    const value = points[bar]?.value ?? 0;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
