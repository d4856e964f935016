import type { Proposal } from "./checks";
import { numberIn, recordIn } from "./figures";

export interface MetricRow {
  name: string;
  value: number | null;
  low: number | null;
  high: number | null;
  /** The champion's over the same sessions; null where there is none, or it isn't recorded. */
  champion: number | null;
}

/** Most telling first; what else was measured follows. */
const ORDER = [
  "sharpe_ratio",
  "total_return",
  "annual_return",
  "annual_volatility",
  "max_drawdown",
  "sortino_ratio",
  "calmar_ratio",
  "win_rate",
  "profit_factor",
  "total_trades",
  "exposure",
  "cost_share",
];
const LEFT_OUT: ReadonlySet<string> = new Set(["periods_per_year"]);

/** The metrics with their intervals, beside those of the champion where it is known. */
export function metricRows(
  proposal: Pick<Proposal, "metrics" | "evidence" | "vs_baseline">,
): MetricRow[] {
  const intervals = recordIn(proposal.evidence, "intervals");
  const place = (name: string) => (ORDER.indexOf(name) + ORDER.length + 1) % (ORDER.length + 1);
  return Object.keys(proposal.metrics)
    .filter((name) => !LEFT_OUT.has(name))
    .sort((a, b) => place(a) - place(b))
    .map((name) => {
      const value = numberIn(proposal.metrics, name);
      const interval = recordIn(intervals, name);
      return {
        name,
        value,
        low: numberIn(interval, "low"),
        high: numberIn(interval, "high"),
        champion: fromDelta(name, value, proposal.vs_baseline),
      };
    });
}

/** The champion's figure by the differences that every proposal records; larger is better there. */
function fromDelta(
  name: string,
  value: number | null,
  versus: Record<string, unknown>,
): number | null {
  if (value === null || versus.against === "flat") return null;
  const delta = (key: string, sign: number) => {
    const found = numberIn(versus, key);
    return found === null ? null : value - sign * found;
  };
  if (name === "total_return") return delta("return_delta", 1);
  if (name === "sharpe_ratio") return delta("sharpe_delta", 1);
  if (name === "win_rate") return delta("win_rate_delta", 1);
  return name === "max_drawdown" ? delta("drawdown_delta", -1) : null;
}

/** How many rows at the start are the ones to read first. */
export const LEADING = ORDER.length;
