import type { Shape } from "@/api/client";

type Feature = Shape<"FeatureHistogram">;

export const WIDTH = 120;
export const HEIGHT = 48;

/** Two histograms over the same bins at the same scale, as the outlines of their bars. */
export function outlines(
  training: readonly number[],
  live: readonly number[] | null,
): [training: string, live: string] {
  const highest = Math.max(...training, ...(live ?? []));
  const width = WIDTH / training.length;
  const outline = (shares: readonly number[]) => {
    const steps = shares.map((share, n) => {
      const y = round(HEIGHT - (highest === 0 ? 0 : (share / highest) * HEIGHT));
      return `V${y}H${round((n + 1) * width)}`;
    });
    return `M0,${HEIGHT}${steps.join("")}V${HEIGHT}`;
  };
  return [outline(training), live === null ? "" : outline(live)];
}

const round = (value: number) => Math.round(value * 100) / 100;

/** Those that drifted first, the farthest first; then the others, the farthest first. */
export function loudFirst(features: readonly Feature[]): Feature[] {
  return features.toSorted(
    (a, b) => Number(b.alert) - Number(a.alert) || (b.ks ?? -1) - (a.ks ?? -1),
  );
}
