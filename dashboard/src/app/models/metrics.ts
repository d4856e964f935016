import type { metricNames } from "@/i18n/models";
import type { Format } from "@/lib/format";

export type MetricName = keyof typeof metricNames;

const PERCENT: ReadonlySet<string> = new Set([
  "total_return",
  "annual_return",
  "annual_volatility",
  "max_drawdown",
  "win_rate",
  "exposure",
  "positive_sessions",
  "best_session",
  "worst_session",
  "value_at_risk",
  "expected_shortfall",
  "cost_share",
]);
const WHOLE: ReadonlySet<string> = new Set([
  "best_step",
  "steps",
  "total_trades",
  "sessions",
  "longest_drawdown_sessions",
  "periods_per_year",
]);
const TINY: ReadonlySet<string> = new Set(["export_difference"]);

/** A figure by name; null where it is missing or no number. */
export function figure(metrics: Readonly<Record<string, unknown>>, name: string): number | null {
  const value = metrics[name];
  return typeof value === "number" ? value : null;
}

/** A metric as its header promises it: percent, a count, or with two decimals. */
export function written(name: string, value: unknown, format: Format): string {
  if (typeof value !== "number") return value == null ? format.ratio(null) : String(value);
  if (PERCENT.has(name)) return format.percent(value);
  if (WHOLE.has(name)) return format.count(value);
  return TINY.has(name) ? value.toExponential(1).replaceAll("-", "−") : format.ratio(value);
}
