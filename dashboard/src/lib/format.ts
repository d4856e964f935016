import type { Language } from "./catalogue";

/** What stands where there is no number. */
export const NONE = "–";
const ZONE = "America/Bogota";

type Number_ = number | null | undefined;
type Time = string | number | Date;

interface Signed {
  /** Write the plus of positive numbers too. */
  sign?: boolean;
}

/** Numbers and times as one language writes them. Units stand in headers, so only `percent` and
 * `bp` have a form with theirs (`unit: true`), for sentences. */
export interface Format {
  /** COP per USD, two decimals. */
  price(value: Number_): string;
  /** Money of the account, two decimals. */
  money(value: Number_, options?: Signed): string;
  /** A fraction as percent, two decimals: 0.0042 is "0.42". */
  percent(value: Number_, options?: Signed & { unit?: boolean; digits?: number }): string;
  /** A fraction as basis points, one decimal: 0.0042 is "42.0". */
  bp(value: Number_, options?: Signed & { unit?: boolean }): string;
  /** A ratio (Sharpe, confidence), two decimals. */
  ratio(value: Number_, options?: Signed): string;
  /** A whole number. */
  count(value: Number_, options?: Signed): string;
  /** A number with so many decimals. */
  number(value: Number_, digits: number, options?: Signed): string;
  /** Clock in Bogota: "08:42". */
  clock(time: Time): string;
  /** Day in Bogota: "Mon 23 Nov". */
  day(time: Time): string;
  /** Day and clock in Bogota: "Mon 23 Nov 08:42". */
  when(time: Time): string;
  /** Day of a `YYYY-MM-DD`, which has no zone. */
  date(day: string): string;
  /** Day with its year and clock in Bogota. */
  moment(time: Time): string;
  /** The same instant in UTC, for titles. */
  utc(time: Time): string;
  /** Weekday in Bogota: "Monday". */
  weekday(time: Time): string;
  /** A length of time, its largest unit: "42 s", "12 min", "3 h", "5 d". */
  span(seconds: Number_): string;
}

const REAL_MINUS = "−";

function make(language: Language): Format {
  const locale = language === "es" ? "es-CO" : "en-GB";
  const numbers = new Map<string, Intl.NumberFormat>();
  const number = (value: Number_, digits: number, { sign = false }: Signed = {}): string => {
    if (value === null || value === undefined || !Number.isFinite(value)) return NONE;
    const key = `${digits}${sign}`;
    let shape = numbers.get(key);
    if (shape === undefined) {
      shape = new Intl.NumberFormat(locale, {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
        signDisplay: sign ? "exceptZero" : "negative",
        useGrouping: "always" as unknown as boolean,
      });
      numbers.set(key, shape);
    }
    return shape.format(value).replace("-", REAL_MINUS);
  };
  const times = (options: Intl.DateTimeFormatOptions, zone = ZONE) => {
    const shape = new Intl.DateTimeFormat(locale, { hourCycle: "h23", timeZone: zone, ...options });
    // "3 jul 2025", as short as in English: Spanish joins the parts by "de".
    return (time: Time) => shape.format(new Date(time)).replace(",", "").replaceAll(" de ", " ");
  };
  const minutes = { hour: "2-digit", minute: "2-digit" } as const;
  const shortDay = { weekday: "short", day: "numeric", month: "short" } as const;
  const fullDay = { day: "numeric", month: "short", year: "numeric" } as const;
  const scaled = (factor: number, unit: string, digits: number) => {
    return (value: Number_, options: Signed & { unit?: boolean; digits?: number } = {}) => {
      const text = number(
        value == null ? value : value * factor,
        options.digits ?? digits,
        options,
      );
      return options.unit && text !== NONE ? `${text} ${unit}` : text;
    };
  };
  const [clock, day] = [times(minutes), times(shortDay)];
  const date = times(fullDay, "UTC");
  const utc = times({ ...fullDay, ...minutes, second: "2-digit" }, "UTC");
  return {
    price: (value) => number(value, 2),
    money: (value, options) => number(value, 2, options),
    percent: scaled(100, "%", 2),
    bp: scaled(10_000, language === "es" ? "pb" : "bp", 1),
    ratio: (value, options) => number(value, 2, options),
    count: (value, options) => number(value, 0, options),
    number,
    clock,
    day,
    when: (time) => `${day(time)} ${clock(time)}`,
    date: (day) => date(`${day}T00:00:00Z`),
    moment: times({ ...fullDay, ...minutes }),
    utc: (time) => `${utc(time)} UTC`,
    weekday: times({ weekday: "long" }),
    span: (seconds) => (seconds == null ? NONE : span(seconds)),
  };
}

function span(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 100) return `${whole} s`;
  if (whole < 100 * 60) return `${Math.floor(whole / 60)} min`;
  if (whole < 48 * 3600) return `${Math.floor(whole / 3600)} h`;
  return `${Math.floor(whole / 86_400)} d`;
}

export const formats: Record<Language, Format> = { en: make("en"), es: make("es") };
