import type { Shape } from "@/api/client";

export type Challenger = Shape<"Challenger">;

/** Where the challenger stands, as texts of the catalogue say it. */
export interface Standing {
  verdict: "tooFew" | "undecided" | "steps" | "promotes" | "rollsBack" | null;
  /** Sessions that are missing, of so many; null where none is or it isn't told. */
  missing: { n: number; all: number } | null;
}

const TOO_FEW = /^(\d+) of (\d+) sessions\b/;

/** What becomes of a challenger, and what it lacks.
 *
 * The sessions that are asked for stand in the API's verdict alone. `verdict` is null where the
 * API's own words are all there is: a hard limit, or no champion.
 */
export function standingOf(challenger: Challenger): Standing {
  const { move, verdict, low, high } = challenger;
  if (move === "step") return { verdict: "steps", missing: null };
  if (move === "promote") return { verdict: "promotes", missing: null };
  const found = TOO_FEW.exec(verdict);
  if (found !== null) {
    const [have, all] = [Number(found[1]), Number(found[2])];
    return { verdict: "tooFew", missing: { n: all - have, all } };
  }
  const measured = low !== null || high !== null;
  if (move === "roll_back") {
    return { verdict: measured && (high ?? 0) < 0 ? "rollsBack" : null, missing: null };
  }
  return { verdict: measured ? "undecided" : null, missing: null };
}

/** Places of an interval in [0, 1], with 0 of the scale in the middle. */
export interface Drawn {
  low: number;
  high: number;
  at: number | null;
  /** Value at the right edge. */
  reach: number;
}

/** Where to draw a difference and its interval; an end without bound lies at the edge. */
export function drawn(low: number | null, high: number | null, at: number | null): Drawn {
  const known = [low, high, at].filter((value) => value !== null).map(Math.abs);
  const reach = roundUp(Math.max(0, ...known) * 1.1);
  const place = (value: number) => 0.5 + value / reach / 2;
  return {
    low: low === null ? 0 : place(low),
    high: high === null ? 1 : place(high),
    at: at === null ? null : place(at),
    reach,
  };
}

/** The next of 1, 2, 3, 5, 10, 20 … that is not smaller. */
function roundUp(value: number): number {
  let step = 1;
  for (;;) {
    for (const factor of [1, 2, 3, 5]) if (value <= factor * step) return factor * step;
    step *= 10;
  }
}
