import holidays from "@/api/holidays.json";

export const BARS = 60;
export const BAR_S = 300;
/** Bogota keeps UTC−5 all year, as `cambio.calendar` says too. */
const OFFSET_S = -5 * 3600;
const OPEN_S = 8 * 3600;
const CLOSE_S = OPEN_S + BARS * BAR_S;
const DAY_S = 86_400;
const CLOSED: ReadonlySet<string> = new Set(holidays);

const seconds = (time: string | number | Date) => new Date(time).getTime() / 1000;

/** Day in Bogota as days since 1970-01-01, and the seconds since its midnight. */
function local(epoch_s: number): { day: number; second: number } {
  const shifted = epoch_s + OFFSET_S;
  const day = Math.floor(shifted / DAY_S);
  return { day, second: shifted - day * DAY_S };
}

const iso = (day: number) => new Date(day * DAY_S * 1000).toISOString().slice(0, 10);

/** The day in Bogota of a moment, `YYYY-MM-DD`. */
export function sessionDay(time: string | number | Date): string {
  return iso(local(seconds(time)).day);
}

export function isTradingDay(day: string): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !CLOSED.has(day);
}

/** Number of a session bar, from 0, by its open; null outside of the session's hours. */
export function barNumber(open: string | number | Date): number | null {
  const { second } = local(seconds(open));
  return second >= OPEN_S && second < CLOSE_S ? Math.floor((second - OPEN_S) / BAR_S) : null;
}

/** Open of the session's first bar, of a day `YYYY-MM-DD`, in seconds since 1970. */
export function sessionOpen(day: string): number {
  return seconds(`${day}T00:00:00Z`) - OFFSET_S + OPEN_S;
}

/** The session at a moment: how many of its bars have closed, or when the next one opens. */
export type Session =
  | { open: true; closed: number; opensAt: number }
  | { open: false; opensAt: number };

/** Where the market stands at a moment; `opensAt` in milliseconds since 1970. */
export function sessionAt(now: number): Session {
  const { day, second } = local(now / 1000);
  if (isTradingDay(iso(day)) && second >= OPEN_S && second < CLOSE_S) {
    const closed = Math.floor((second - OPEN_S) / BAR_S);
    return { open: true, closed, opensAt: sessionOpen(iso(day)) * 1000 };
  }
  let next = second < OPEN_S ? day : day + 1;
  while (!isTradingDay(iso(next))) next += 1;
  return { open: false, opensAt: sessionOpen(iso(next)) * 1000 };
}
