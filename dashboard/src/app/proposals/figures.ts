import type { Language } from "@/lib/catalogue";
import { type Format, NONE } from "@/lib/format";

const PERCENT = new Set([
  "total_return",
  "annual_return",
  "annual_volatility",
  "max_drawdown",
  "win_rate",
  "exposure",
  "value_at_risk",
  "expected_shortfall",
  "best_session",
  "worst_session",
  "positive_sessions",
  "cost_share",
  "stressed_return",
  "deflated_sharpe",
]);
const WHOLE = new Set([
  "total_trades",
  "sessions",
  "longest_drawdown_sessions",
  "min_trades",
  "look_ahead",
  "configured_terms",
]);

/** A metric's or gate's value as its header asks: percent, a whole number, or two decimals. */
export function figure(format: Format, name: string, value: number | null | undefined): string {
  if (value == null) return NONE;
  if (PERCENT.has(name)) return format.percent(value);
  return WHOLE.has(name) ? format.count(value) : format.number(value, 2);
}

/** A metric's name with spaces, for one that no catalogue knows. */
export const plainName = (name: string) => name.replaceAll("_", " ");

/** The month of a day `YYYY-MM-DD`: "Aug". */
export function monthOf(day: string, language: Language): string {
  const locale = language === "es" ? "es-CO" : "en-GB";
  const shape = new Intl.DateTimeFormat(locale, { month: "short", timeZone: "UTC" });
  return shape.format(new Date(`${day}T00:00:00Z`));
}

/** A number out of a part of an answer that has no type; null for anything else. */
export const numberIn = (record: Record<string, unknown> | undefined, name: string) => {
  const found = record?.[name];
  return typeof found === "number" ? found : null;
};
/** An object out of it; empty for anything else. */
export const recordIn = (record: Record<string, unknown>, name: string) => {
  const found = record[name];
  return (typeof found === "object" && found !== null ? found : {}) as Record<string, unknown>;
};
