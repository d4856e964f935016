import type { Shape } from "@/api/client";

type Power = Shape<"GatePower">;

/** Shares promoted by planted edge, for one length of window and one look. */
export interface Curve {
  key: string;
  sessions: number;
  look: number;
  points: Power[];
}

/** The curves of policies that hold so long, the likelier to be promoted the sooner. */
export function curvesOf(power: readonly Power[], holds: string): Curve[] {
  const found = new Map<string, Curve>();
  for (const point of power) {
    if (point.holds_for !== holds) continue;
    const { sessions, look } = point;
    const key = `${sessions} ${look}`;
    const curve = found.get(key) ?? { key, sessions, look, points: [] };
    curve.points.push(point);
    found.set(key, curve);
  }
  const curves = [...found.values()].sort((a, b) => b.sessions - a.sessions || a.look - b.look);
  for (const curve of curves) curve.points.sort((a, b) => a.edge - b.edge);
  return curves;
}

/** How long policies held, in the order told. */
export const holdings = (power: readonly Power[]): string[] => [
  ...new Set(power.map(({ holds_for }) => holds_for)),
];
