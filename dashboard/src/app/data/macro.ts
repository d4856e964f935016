import type { Shape } from "@/api/client";

export type Series = Shape<"SeriesFreshness">;

/** What features need and don't have first, then what else is too old, then the rest; as told. */
export function byUrgency(series: readonly Series[]): Series[] {
  const rank = ({ state, critical }: Series) => (state === "fresh" ? 2 : critical ? 0 : 1);
  return series.toSorted((a, b) => rank(a) - rank(b));
}

/** Decimals that a value of its size is read with: five figures or so, at most four. */
export function digits(value: number | null): number {
  const size = Math.abs(value ?? 0);
  if (size >= 1000) return 1;
  return size >= 10 ? 2 : 4;
}
