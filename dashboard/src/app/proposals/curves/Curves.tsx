"use client";
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import { useFormat, useLanguage } from "@/lib/language";
import { monthOf } from "../figures";
import { Legend } from "./Legend";
import { areaOf, domainOf, monthStarts, pathOf, type Values, within } from "./scale";

export type Look = "accent" | "text" | "muted" | "dashed" | "dotted";
export interface Line {
  id: string;
  title: string;
  look: Look;
  /** Fractions, one for each day. */
  values: Values;
}
export interface Band {
  title: string;
  low: Values;
  high: Values;
}
interface CurvesProps {
  /** What is drawn, in a sentence with its figures. */
  label: string;
  /** Sessions, `YYYY-MM-DD`, ascending. */
  days: readonly string[];
  lines: readonly Line[];
  band: Band | null;
  period: { start: string; end: string; title: string };
}

const EDGE = { left: 16, right: 56, top: 24, bottom: 24 };
const MONTH_PX = 72;
export const STROKES: Record<Look, string> = {
  accent: "stroke-accent stroke-2",
  text: "stroke-text stroke-[1.5px]",
  muted: "stroke-muted stroke-[1.25px]",
  dashed: "stroke-faint stroke-[1.25px] [stroke-dasharray:6_4]",
  dotted: "stroke-faint stroke-[1.5px] [stroke-dasharray:1.5_3.5]",
};

/** Returns over sessions, with a crosshair for pointers and arrow keys. */
export function Curves({ label, days, lines, band, period }: CurvesProps) {
  const f = useFormat();
  const [place, size] = useSize();
  const [at, setAt] = useState<number | null>(null);
  const last = days.length - 1;
  const shown = at === null ? last : Math.min(at, last);
  const domain = useMemo(
    () =>
      domainOf([...lines.map(({ values }) => values), ...(band ? [band.low, band.high] : [])], 5),
    [lines, band],
  );
  const x = (n: number) =>
    EDGE.left + (n / Math.max(1, last)) * (size.width - EDGE.left - EDGE.right);
  const y = (value: number) => {
    const share = (domain.high - value) / (domain.high - domain.low);
    return EDGE.top + share * (size.height - EDGE.top - EDGE.bottom);
  };
  const point = (event: PointerEvent) => {
    const from = event.currentTarget.getBoundingClientRect().left;
    const share =
      (event.clientX - from - EDGE.left) / Math.max(1, size.width - EDGE.left - EDGE.right);
    setAt(Math.round(Math.min(1, Math.max(0, share)) * last));
  };
  const press = (event: KeyboardEvent) => {
    const to = { ArrowLeft: shown - 1, ArrowRight: shown + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setAt(Math.min(last, Math.max(0, to)));
  };
  const day = days[shown] ?? "";
  const told = lines.map(
    ({ title, values }) => `${title} ${f.percent(values[shown], { sign: true, unit: true })}`,
  );
  const inner = { x, y, last, bottom: size.height - EDGE.bottom, width: size.width };
  return (
    <figure className="m-0 flex flex-col gap-1">
      <figcaption className="sr-only">{label}</figcaption>
      <Legend day={day} lines={lines} band={band} shown={shown} />
      <div
        ref={place}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={shown}
        aria-valuetext={`${f.date(day)}: ${told.join(", ")}`}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={() => setAt(null)}
        onKeyDown={press}
        onBlur={() => setAt(null)}
        className="h-72 w-full touch-pan-y sm:h-96"
      >
        {size.width === 0 ? null : (
          <svg width={size.width} height={size.height} aria-hidden="true" className="block">
            <Period {...inner} days={days} period={period} />
            <Axes {...inner} ticks={domain.ticks} days={days} />
            {band ? <path d={areaOf(band.low, band.high, x, y)} className="fill-faint/20" /> : null}
            {[...lines].reverse().map((line) => (
              <path
                key={line.id}
                d={pathOf(line.values, x, y)}
                fill="none"
                strokeLinejoin="round"
                className={STROKES[line.look]}
              />
            ))}
            {at === null ? null : (
              <line
                x1={x(shown)}
                x2={x(shown)}
                y1={EDGE.top}
                y2={inner.bottom}
                className="stroke-faint"
              />
            )}
          </svg>
        )}
      </div>
    </figure>
  );
}

interface Inner {
  x(n: number): number;
  y(value: number): number;
  last: number;
  bottom: number;
  width: number;
}

function Axes(props: Inner & { ticks: readonly number[]; days: readonly string[] }) {
  const { x, y, bottom, width, ticks, days } = props;
  const f = useFormat();
  const language = useLanguage();
  const months = monthStarts(days, width / MONTH_PX);
  return (
    <g className="fill-muted text-xs">
      {ticks.map((tick) => (
        <g key={tick}>
          <line
            x1={EDGE.left}
            x2={width - EDGE.right}
            y1={y(tick)}
            y2={y(tick)}
            className={tick === 0 ? "stroke-faint" : "stroke-line"}
          />
          <text x={width - 8} y={y(tick) + 4} textAnchor="end">
            {f.percent(tick, { sign: true, digits: 0, unit: true })}
          </text>
        </g>
      ))}
      {months.map((n) => (
        <text key={n} x={x(n)} y={bottom + 16} textAnchor="middle">
          {monthOf(days[n] ?? "", language)}
        </text>
      ))}
    </g>
  );
}

/** Where the test period begins and ends; what lies outside is not judged. */
function Period(
  props: Inner & { days: readonly string[]; period: { start: string; end: string; title: string } },
) {
  const { x, bottom, last, days, period } = props;
  const found = within(days, period);
  if (found === null) return null;
  const left = x(found.first);
  const right = x(Math.min(found.last, last));
  return (
    <g>
      <rect
        x={left}
        y={EDGE.top}
        width={Math.max(0, right - left)}
        height={Math.max(0, bottom - EDGE.top)}
        className="fill-raise/50"
      />
      <path
        d={`M${left} ${EDGE.top - 12}V${bottom}M${right} ${EDGE.top - 12}V${bottom}`}
        className="stroke-line"
      />
      <text x={left + 6} y={EDGE.top - 6} className="fill-muted text-xs">
        {period.title}
      </text>
    </g>
  );
}

/** The size of an element, and its changes. */
function useSize() {
  const place = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    if (place.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry)
        setSize({ width: entry.contentRect.width, height: Math.round(entry.contentRect.height) });
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return [place, size] as const;
}
