"use client";
import { type KeyboardEvent, type PointerEvent, useMemo, useState } from "react";
import { data as texts } from "@/i18n/data";
import { useFormat, useLanguage, useText } from "@/lib/language";
import type { View } from "./Calendar";
import { closeShare, type Day, type Half, halves, level, missing, missingShare } from "./calendar";

const STEP = 12;
const SIDE = 10;
const TOP = 14;
const ROWS = 5;

/** From nothing to all of it: quiet where nothing is wrong. A day without a bar is a hole. */
const LEVELS = {
  complete: [
    "fill-faint/25",
    "fill-short/40",
    "fill-short/70",
    "fill-short",
    "fill-panel stroke-short",
  ],
  close: ["fill-faint/25", "fill-long/25", "fill-long/45", "fill-long/70", "fill-long"],
} as const;

interface CalendarGridProps {
  days: readonly Day[];
  view: View;
  chosen: string;
  onChoose(day: string): void;
}

/** The squares, and below them what the one that is pointed at says.
 *
 * For a keyboard and for a screen reader it is a slider over the days.
 */
export function CalendarGrid({ days, view, chosen, onChoose }: CalendarGridProps) {
  const t = useText(texts);
  const tell = useTold(view);
  const parts = useMemo(() => halves(days), [days]);
  const start = days.findIndex(({ day }) => day === chosen);
  const [focused, setFocused] = useState(start < 0 ? days.length - 1 : start);
  const [pointed, setPointed] = useState<string | null>(null);
  const [active, setActive] = useState(false);
  const at = Math.min(focused, days.length - 1);
  const current = days.find(({ day }) => day === pointed) ?? (active ? days[at] : undefined);
  const dayAt = (event: PointerEvent | React.MouseEvent) =>
    (event.target as Element).getAttribute("data-day");
  const pressed = (event: KeyboardEvent) => {
    if (event.key === "Enter") onChoose(days[at]?.day ?? "");
    const next = moved(event.key, at, days.length);
    if (next === null) return;
    event.preventDefault();
    setPointed(null);
    setFocused(next);
  };
  return (
    <div className="flex flex-col gap-2">
      <div
        role="slider"
        tabIndex={0}
        aria-label={t("dayOf")}
        aria-valuemin={0}
        aria-valuemax={days.length - 1}
        aria-valuenow={at}
        aria-valuetext={days[at] ? tell(days[at]) : ""}
        onKeyDown={pressed}
        onFocus={(event) => setActive(event.currentTarget.matches(":focus-visible"))}
        onBlur={() => setActive(false)}
        onPointerOver={(event) => setPointed(dayAt(event))}
        onPointerLeave={() => setPointed(null)}
        onClick={(event) => {
          const day = dayAt(event);
          if (day !== null) onChoose(day === chosen ? "" : day);
        }}
        className="grid grid-cols-1 gap-x-4 gap-y-2 rounded-sm sm:grid-cols-2 xl:grid-cols-4"
      >
        {parts.map((half) => (
          <Squares key={half.id} half={half} view={view} marked={current?.day} chosen={chosen} />
        ))}
      </div>
      <div className="flex min-h-5 flex-wrap items-center justify-between gap-x-4 gap-y-1 text-xs">
        <p data-testid="told" className={current ? "" : "text-faint"}>
          {current ? tell(current) : t("hint")}
        </p>
        <Legend view={view} />
      </div>
    </div>
  );
}

/** Where a key leads: a day up and down, a week left and right. */
function moved(key: string, at: number, count: number): number | null {
  const steps: Record<string, number> = {
    ArrowUp: -1,
    ArrowDown: 1,
    ArrowLeft: -5,
    ArrowRight: 5,
    PageUp: -60,
    PageDown: 60,
    Home: -count,
    End: count,
  };
  const step = steps[key];
  return step === undefined ? null : Math.max(0, Math.min(count - 1, at + step));
}

/** What a day says, in words. */
function useTold(view: View): (day: Day) => string {
  const t = useText(texts);
  const f = useFormat();
  return (one) => {
    const day = f.date(one.day);
    if (view === "close") return t("dayClose", { day, n: one.close_only, all: one.stored });
    if (one.expected === 0) return t("dayOff", { day, n: one.stored });
    const gone = missing(one);
    if (gone === 0) return t("dayComplete", { day, n: one.expected });
    if (gone === one.expected) return t("dayEmpty", { day, all: one.expected });
    return t("dayMissing", { day, n: one.expected - gone, all: one.expected });
  };
}

function Squares(props: { half: Half; view: View; marked: string | undefined; chosen: string }) {
  const { half, view, marked, chosen } = props;
  const language = useLanguage();
  const names = new Intl.DateTimeFormat(language, { month: "short", timeZone: "UTC" });
  const looks = LEVELS[view];
  const share = view === "close" ? closeShare : missingShare;
  return (
    <svg
      viewBox={`0 0 ${27 * STEP} ${TOP + ROWS * STEP}`}
      aria-hidden="true"
      className="block w-full max-w-[26rem]"
    >
      {half.months.map(({ month, column }) => (
        <text key={month} x={column * STEP} y={9} className="fill-faint text-[8px]">
          {month % 6 === 0 ? `${half.year} ` : ""}
          {names.format(Date.UTC(half.year, month, 1))}
        </text>
      ))}
      {half.squares.map((one) => {
        const off = one.expected === 0;
        const kind = level(share(one));
        const edge = one.day === marked || one.day === chosen;
        const inset = off ? 3 : kind === 4 && view === "complete" ? 0.75 : 0;
        return (
          <rect
            key={one.day}
            data-day={one.day}
            data-level={kind}
            x={one.column * STEP + inset}
            y={TOP + one.row * STEP + inset}
            width={SIDE - 2 * inset}
            height={SIDE - 2 * inset}
            rx={2}
            strokeWidth={1.5}
            className={`${looks[kind]} ${edge ? "stroke-text!" : ""}`}
          />
        );
      })}
    </svg>
  );
}

function Legend({ view }: { view: View }) {
  const t = useText(texts);
  const words = ["none", "upToTenth", "upToHalf", "more", "allOf"] as const;
  return (
    <ul className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted">
      <li>{t(view)}</li>
      {words.map((word, kind) => (
        <li key={word} className="flex items-center gap-1">
          <svg viewBox="0 0 10 10" aria-hidden="true" className="size-2.5">
            <rect
              x={1}
              y={1}
              width={8}
              height={8}
              rx={2}
              strokeWidth={1.5}
              className={LEVELS[view][kind]}
            />
          </svg>
          {t(word)}
        </li>
      ))}
    </ul>
  );
}
