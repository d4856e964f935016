import type { Shape } from "@/api/client";
import { BAR_S, BARS, barNumber, sessionOpen } from "@/lib/market";

/** The bars of one date, as the API tells them. */
export type Day = Shape<"CalendarDay">;

/** A square: column is the week, row the weekday from Monday, 0 to 4. */
export interface Square extends Day {
  column: number;
  row: number;
}

/** Half a year of squares, with the column at which each month begins (0 is January). */
export interface Half {
  id: string;
  year: number;
  columns: number;
  months: { month: number; column: number }[];
  squares: Square[];
}

const DAY_MS = 86_400_000;
const at = (day: string) => new Date(`${day}T00:00:00Z`).getTime();
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const pad = (value: number) => String(value).padStart(2, "0");

/** Days of the week since Monday: 0 to 6. */
const weekday = (day: string) => (new Date(at(day)).getUTCDay() + 6) % 7;

/** Halves of years from the first day to the last, oldest first; days that are unknown are blank. */
export function halves(days: readonly Day[]): Half[] {
  const found = new Map<string, Half>();
  for (const day of days) {
    const [year, month] = [Number(day.day.slice(0, 4)), Number(day.day.slice(5, 7)) - 1];
    const id = `${year}-${month < 6 ? 1 : 2}`;
    let half = found.get(id);
    if (half === undefined) {
      half = emptyHalf(id, year, month < 6 ? 0 : 6);
      found.set(id, half);
    }
    const row = weekday(day.day);
    if (row < 5) half.squares.push({ ...day, column: columnOf(day.day, half), row });
  }
  return [...found.values()];
}

function emptyHalf(id: string, year: number, first: number): Half {
  const half: Half = { id, year, columns: 0, months: [], squares: [] };
  for (let month = first; month < first + 6; month += 1) {
    half.months.push({ month, column: columnOf(firstWorkday(year, month), half) });
  }
  const end = first === 0 ? `${year}-06-30` : `${year}-12-31`;
  half.columns = columnOf(end, half) + 1;
  return half;
}

function firstWorkday(year: number, month: number): string {
  const first = `${year}-${pad(month + 1)}-01`;
  const over = weekday(first);
  return over < 5 ? first : iso(at(first) + (7 - over) * DAY_MS);
}

/** Weeks since the Monday of the half's first working day. */
function columnOf(day: string, { id, year }: Half): number {
  const first = firstWorkday(year, id.endsWith("1") ? 0 : 6);
  const monday = at(first) - weekday(first) * DAY_MS;
  return Math.floor((at(day) - monday) / (7 * DAY_MS));
}

/** How much of a day is missing: 0 nothing, 1 up to a tenth, 2 up to half, 3 more, 4 all of it. */
export type Level = 0 | 1 | 2 | 3 | 4;

export function level(share: number): Level {
  if (share <= 0) return 0;
  if (share <= 0.1) return 1;
  if (share <= 0.5) return 2;
  return share < 1 ? 3 : 4;
}

/** How many of a day's expected bars are missing. */
export const missing = ({ gaps }: Pick<Day, "gaps">): number =>
  gaps.reduce((sum, { bars }) => sum + bars, 0);

/** Share of a day's expected bars that are missing. */
export const missingShare = (day: Day): number =>
  day.expected === 0 ? 0 : missing(day) / day.expected;

/** Share of a day's stored bars that only have a close. */
export const closeShare = ({ stored, close_only }: Day): number =>
  stored === 0 ? 0 : close_only / stored;

/** A run of missing bars; nights and days without a session don't end one. */
export interface Run {
  first: string;
  last: string;
  bars: number;
  /** Sessions that it touches. */
  sessions: number;
}

/** All runs of missing bars, the newest first; those that meet over a night are one. */
export function runs(days: readonly Day[]): Run[] {
  const found: Run[] = [];
  let whole = false; // the last run reaches the end of the session before
  for (const { expected, gaps } of days) {
    if (expected === 0) continue;
    const before = found.at(-1);
    const [first, ...rest] = gaps;
    const fresh = gaps.map((gap) => ({ ...gap, sessions: 1 }));
    if (whole && before !== undefined && first !== undefined && barNumber(first.first) === 0) {
      before.last = first.last;
      before.bars += first.bars;
      before.sessions += 1;
      fresh.shift();
    }
    found.push(...fresh);
    const last = rest.at(-1) ?? first;
    whole = last !== undefined && barNumber(last.last) === expected - 1;
  }
  return found.reverse();
}

/** A year's sums. */
export interface Year {
  year: string;
  sessions: number;
  /** Sessions without a missing bar. */
  full: number;
  expected: number;
  missing: number;
  stored: number;
  closeOnly: number;
}

/** The newest year first. */
export function byYear(days: readonly Day[]): Year[] {
  const found = new Map<string, Year>();
  for (const day of days) {
    const year = day.day.slice(0, 4);
    const before = found.get(year) ?? { ...NOTHING, year };
    const gone = missing(day);
    const isSession = day.expected > 0;
    found.set(year, {
      year,
      sessions: before.sessions + (isSession ? 1 : 0),
      full: before.full + (isSession && gone === 0 ? 1 : 0),
      expected: before.expected + day.expected,
      missing: before.missing + gone,
      stored: before.stored + day.stored,
      closeOnly: before.closeOnly + day.close_only,
    });
  }
  return [...found.values()].reverse();
}

const NOTHING = { sessions: 0, full: 0, expected: 0, missing: 0, stored: 0, closeOnly: 0 };

/** A bar's place in its session: what is stored there. */
export type Slot = "stored" | "closeOnly" | "isMissing" | "notYet";

interface Prices {
  time: string;
  open: number;
  high: number;
  low: number;
  close: number;
}

/** What is stored at each of a day's places; from `now` on (milliseconds) none is missing yet. */
export function slots(day: string, bars: readonly Prices[], now: number): Slot[] {
  const stored = new Map(bars.map((bar) => [barNumber(bar.time), bar]));
  const open_ms = sessionOpen(day) * 1000;
  return Array.from({ length: BARS }, (_, n) => {
    const bar = stored.get(n);
    if (bar === undefined) {
      return open_ms + (n + 1) * BAR_S * 1000 > now ? "notYet" : "isMissing";
    }
    const flat = bar.open === bar.close && bar.high === bar.close && bar.low === bar.close;
    return flat ? "closeOnly" : "stored";
  });
}
