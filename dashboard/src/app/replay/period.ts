import type { Shape } from "@/api/client";
import { BARS, isTradingDay, sessionDay } from "@/lib/market";

/** First and last session, `YYYY-MM-DD`. */
export interface Period {
  from: string;
  to: string;
}

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;

const shifted = (day: string, days: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** The sessions that are stored, or null without a bar.
 *
 * The API counts the session bars since the first one; that many back is where they begin.
 */
export function storedPeriod({ newest, behind, overall }: Shape<"BarsQuality">): Period | null {
  if (newest === null) return null;
  const to = sessionDay(newest);
  let left = Math.ceil((overall.expected - (behind ?? 0)) / BARS);
  let from = to;
  for (let day = to; left > 0; day = shifted(day, -1)) {
    if (!isTradingDay(day)) continue;
    from = day;
    left -= 1;
  }
  return { from, to };
}

/** The newest month of what is stored. */
export function newestMonth(stored: Period): Period {
  const from = shifted(stored.to, -DEFAULT_DAYS);
  return { from: from < stored.from ? stored.from : from, to: stored.to };
}

/** What is wrong with a period that need not be asked about, as a text's name. */
export function wrongWith({ from, to }: Period): "missingDay" | "turned" | null {
  if (from === "" || to === "") return "missingDay";
  return from > to ? "turned" : null;
}
