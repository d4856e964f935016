import { pathOf, rangeOf } from "./overview";
import { barsUntil } from "./recording";
import type { Runs } from "./useReplay";

/** The equity of the whole period up to the bar that is shown, above the place in it. */
export function Overview({ runs, at, all }: { runs: Runs; at: number; all: number }) {
  const mine = runs.main.recording;
  const other = runs.against?.recording ?? null;
  const otherAt = other === null ? 0 : barsUntil(other, mine.candles[at - 1]?.time ?? 0);
  const [low, high] = rangeOf(mine.returns, at);
  const [otherLow, otherHigh] = other === null ? [0, 0] : rangeOf(other.returns, otherAt);
  const range = [Math.min(low, otherLow), Math.max(high, otherHigh)] as const;
  const zero = range[1] > range[0] ? range[1] / (range[1] - range[0]) : 1;
  const line = { fill: "none", strokeWidth: 1.5, vectorEffect: "non-scaling-stroke" } as const;
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 -0.05 ${all} 1.1`}
      preserveAspectRatio="none"
      className="h-12 w-full"
    >
      <path d={`M0,${zero}H${all}`} className="stroke-line" {...line} strokeWidth={1} />
      {other === null ? null : (
        <path
          d={pathOf(other.returns, otherAt, all, range)}
          className="stroke-muted"
          strokeDasharray="4 3"
          {...line}
        />
      )}
      <path d={pathOf(mine.returns, at, all, range)} className="stroke-accent" {...line} />
    </svg>
  );
}
