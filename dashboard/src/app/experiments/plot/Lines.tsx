"use client";
import { useState } from "react";
import { useFormat, useLanguage } from "@/lib/language";
import { Legend } from "./Legend";
import { Plot } from "./Plot";
import { dayTicks, extent, path } from "./scale";

export interface Line {
  key: string;
  /** After each of the days, as a share: 0.01 is one percent. */
  values: readonly number[];
}

/** Colours and dashes that stay apart, in their order. */
export const STROKES = [
  { stroke: "stroke-text", color: "text-text", dash: false },
  { stroke: "stroke-accent", color: "text-accent", dash: false },
  { stroke: "stroke-long", color: "text-long", dash: false },
  { stroke: "stroke-short", color: "text-short", dash: false },
  { stroke: "stroke-text", color: "text-text", dash: true },
  { stroke: "stroke-accent", color: "text-accent", dash: true },
  { stroke: "stroke-long", color: "text-long", dash: true },
  { stroke: "stroke-short", color: "text-short", dash: true },
] as const;

interface LinesProps {
  label: string;
  yTitle: string;
  days: readonly string[];
  lines: readonly Line[];
}

/** Returns over sessions, one line each; the legend tells the values under the pointer. */
export function Lines({ label, yTitle, days, lines }: LinesProps) {
  const f = useFormat();
  const language = useLanguage();
  const [at, setAt] = useState<number | null>(null);
  const last = days.length - 1;
  const shown = at === null ? last : Math.max(0, Math.min(last, Math.round(at)));
  const of = (n: number) => STROKES[n % STROKES.length] ?? STROKES[0];
  return (
    <figure className="flex flex-col gap-2">
      <Plot
        label={label}
        x={[0, Math.max(1, last)]}
        y={extent(lines.flatMap(({ values }) => values))}
        xTicks={dayTicks(days, language)}
        yFormat={(value) => f.percent(value, { digits: 1 })}
        yTitle={yTitle}
        onPoint={setAt}
      >
        {({ x, y, top, bottom }) => (
          <>
            {at === null ? null : (
              <line x1={x(shown)} x2={x(shown)} y1={top} y2={bottom} className="stroke-faint" />
            )}
            {lines.map(({ key, values }, n) => (
              <path
                key={key}
                d={path(values, x, y)}
                strokeWidth={1.5}
                strokeDasharray={of(n).dash ? "5 3" : undefined}
                className={`fill-none ${of(n).stroke}`}
              />
            ))}
          </>
        )}
      </Plot>
      <div className="flex flex-wrap justify-between gap-x-4 gap-y-1">
        <Legend
          items={lines.map(({ key, values }, n) => ({
            key,
            mark: of(n).dash ? "dashed" : "line",
            color: of(n).color,
            text: (
              <>
                {key} <span className="text-text">{f.percent(values[shown], { sign: true })}</span>
              </>
            ),
          }))}
        />
        <span className="text-xs text-muted">{days[shown] ? f.date(days[shown]) : ""}</span>
      </div>
    </figure>
  );
}
