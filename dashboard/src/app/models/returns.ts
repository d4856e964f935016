import type { Point } from "@/components/chart/points";

const known = new WeakMap<Point, { base: number; point: Point }>();

/** Returns since the first point that is not before `start`; the points before it are left out.
 *
 * The same point gives the same object, so that a chart appends what is new.
 */
export function returnsFrom(equity: readonly Point[], start: number): readonly Point[] {
  const from = equity.findIndex(({ time }) => time >= start);
  if (from < 0) return [];
  const base = equity[from]?.value ?? 1;
  return equity.slice(from).map((point) => {
    const before = known.get(point);
    if (before?.base === base) return before.point;
    const made = { time: point.time, value: point.value / base - 1 };
    known.set(point, { base, point: made });
    return made;
  });
}
