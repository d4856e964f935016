"use client";
import { resultColor } from "@/components/Side";
import { proposals } from "@/i18n/proposals";
import { useFormat, useText } from "@/lib/language";
import { type Band, type Line, STROKES } from "./Curves";

interface LegendProps {
  day: string;
  lines: readonly Line[];
  band: Band | null;
  /** The session that is read. */
  shown: number;
}

/** What each line is, and its value at a session. */
export function Legend({ day, lines, band, shown }: LegendProps) {
  const t = useText(proposals);
  const f = useFormat();
  return (
    <div className="flex flex-wrap items-baseline gap-x-5 gap-y-1 px-4 text-xs" aria-hidden="true">
      <span className="min-w-22 whitespace-nowrap text-muted">{day === "" ? "" : f.date(day)}</span>
      {lines.map(({ id, title, look, values }) => (
        <span key={id} className="inline-flex items-baseline gap-1.5 whitespace-nowrap">
          <svg viewBox="0 0 20 8" aria-hidden="true" className="h-2 w-5 self-center">
            <path d="M0 4H20" fill="none" className={STROKES[look]} />
          </svg>
          <span className="text-muted">{title}</span>
          <span className={`font-medium ${resultColor(values[shown])}`}>
            {f.percent(values[shown], { sign: true, unit: true })}
          </span>
        </span>
      ))}
      {band === null ? null : (
        <span className="inline-flex items-baseline gap-1.5 whitespace-nowrap">
          <svg viewBox="0 0 20 8" aria-hidden="true" className="h-2 w-5 self-center">
            <path d="M0 0H20V8H0Z" className="fill-faint/20" />
          </svg>
          <span className="text-muted">{band.title}</span>
          <span className="font-medium">
            {t("fromTo", {
              from: f.percent(band.low[shown], { sign: true }),
              to: f.percent(band.high[shown], { sign: true, unit: true }),
            })}
          </span>
        </span>
      )}
    </div>
  );
}
