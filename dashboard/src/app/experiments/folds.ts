import type { Shape } from "@/api/client";
import { extent } from "./plot/scale";

type Run = Shape<"WalkForward">;
export type Spread = Shape<"Spread">;

/** A column of the plot: a fold, or all of them one after the other (null). */
export interface Column {
  fold: number | null;
  /** Annual Sharpe ratio of each seed; of the stitched ones only the five figures are known. */
  seeds: { seed: number; sharpe: number }[];
  spread: Spread;
  /** Median and 95th percentile of random traders; null at other costs than theirs. */
  random: { median: number; high: number } | null;
  hold: number | null;
  /** Of the seeds joined; known of a single fold only at the costs as they are. */
  joined: number | null;
}

/** The costs as they are: those that random traders paid. */
const THEIRS = "x1";

/** The folds of a walk-forward and its stitched record, at one multiple of the costs. */
export function columnsOf(run: Run, multiple: string): Column[] {
  const found: Column[] = [];
  const asTheyAre = multiple === THEIRS;
  for (const [n, { fold, at_costs, random }] of run.folds.entries()) {
    const distribution = at_costs[multiple];
    if (distribution === undefined) continue;
    const seeds = run.cells.flatMap((cell) => {
      const sharpe = cell.fold === fold ? cell.sharpe_ratio[multiple] : undefined;
      return sharpe === undefined ? [] : [{ seed: cell.seed, sharpe }];
    });
    const joined = asTheyAre ? run.ensemble?.sharpes[n] : null;
    found.push({
      fold,
      seeds,
      random: asTheyAre ? random : null,
      joined: joined ?? null,
      ...held(distribution),
    });
  }
  const stitched = run.stitched[multiple];
  if (stitched === undefined) return found;
  const all = {
    fold: null,
    seeds: [],
    random: asTheyAre ? run.stitched_random : null,
    joined: run.ensemble?.at_costs[multiple]?.sharpe ?? null,
    ...held(stitched),
  };
  return [...found, all];
}

function held({ sharpe, baselines }: Shape<"SeedDistribution">): Pick<Column, "spread" | "hold"> {
  return { spread: sharpe, hold: baselines.buy_and_hold?.sharpe ?? null };
}

/** From the lowest to the highest of all costs, so that nothing jumps when they are switched. */
export function rangeOf(run: Run): [number, number] {
  const values = run.cells.flatMap(({ sharpe_ratio }) => Object.values(sharpe_ratio));
  const random = [...run.folds.map((fold) => fold.random), run.stitched_random];
  const single = Object.keys(run.stitched).flatMap((multiple) =>
    columnsOf(run, multiple).flatMap(({ hold, joined }) => [hold, joined]),
  );
  return extent([...values, ...single, ...random.flatMap(({ median, high }) => [median, high])]);
}

/** Spreads dots that lie close: how far each is pushed aside, from −1 to 1, in the given order. */
export function aside(values: readonly number[], near: number): number[] {
  return values.map((value, n) => {
    const close = values.flatMap((other, m) => (Math.abs(other - value) < near ? [m] : []));
    if (close.length < 2) return 0;
    return (close.indexOf(n) / (close.length - 1)) * 2 - 1;
  });
}
