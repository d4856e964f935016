"use client";
import { metricNames } from "@/i18n/experiments";
import type { Format } from "@/lib/format";
import { useFormat, useText } from "@/lib/language";

export type Metric = keyof typeof metricNames;

/** How each metric is written; percents have their sign in the name. */
const UNITS: Record<Metric, (f: Format, value: number | null) => string> = {
  sharpe_ratio: (f, value) => f.ratio(value),
  sortino_ratio: (f, value) => f.ratio(value),
  calmar_ratio: (f, value) => f.ratio(value),
  profit_factor: (f, value) => f.ratio(value),
  annual_return: (f, value) => f.percent(value),
  total_return: (f, value) => f.percent(value),
  annual_volatility: (f, value) => f.percent(value),
  max_drawdown: (f, value) => f.percent(value),
  win_rate: (f, value) => f.percent(value, { digits: 1 }),
  total_trades: (f, value) => f.number(value, 0),
};

export const isMetric = (name: string): name is Metric => name in UNITS;

/** Names of metrics with their unit, and their values in the reader's numbers. */
export function useMetric() {
  const f = useFormat();
  const title = useText(metricNames);
  return { title, say: (name: Metric) => (value: number | null) => UNITS[name](f, value) };
}
