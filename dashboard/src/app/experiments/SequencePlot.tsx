"use client";
import { useState } from "react";
import { experiments } from "@/i18n/experiments";
import { useFormat, useLanguage, useText } from "@/lib/language";
import type { AbTest } from "./AbTests";
import { Legend } from "./plot/Legend";
import { Plot } from "./plot/Plot";
import { area, dayTicks, extent, path } from "./plot/scale";

/** The difference in Sharpe ratio after each session, with the sequence of its intervals. */
export function SequencePlot({ test }: { test: AbTest }) {
  const t = useText(experiments);
  const f = useFormat();
  const language = useLanguage();
  const [at, setAt] = useState<number | null>(null);
  const { difference, low, high, alpha, concluded_at: end } = test.sequence;
  const last = difference.length - 1;
  const shown = at === null ? last : Math.max(0, Math.min(last, Math.round(at)));
  const begun = low.findIndex((value) => value !== null);
  const day = test.days[shown];
  const told = t("sequenceTold", {
    n: shown + 1,
    day: day === undefined ? "" : f.date(day),
    difference: f.ratio(difference[shown], { sign: true }),
    low: f.ratio(low[shown], { sign: true }),
    high: f.ratio(high[shown], { sign: true }),
  });
  // Before the first interval the difference of a few sessions may be of any size.
  const scaled = begun < 0 ? difference : difference.slice(begun);
  return (
    <figure className="flex flex-col gap-2">
      <figcaption className="font-medium">{t("sequence")}</figcaption>
      <Plot
        label={told}
        height={280}
        x={[0, Math.max(1, last)]}
        y={extent([...scaled, ...low, ...high])}
        xTicks={dayTicks(test.days, language)}
        yFormat={(value) => f.number(value, 1)}
        yTitle={t("sharpeDifference")}
        onPoint={setAt}
      >
        {({ x, y, top, bottom, left, right }) => (
          <>
            <clipPath id="sequence-frame">
              <rect x={left} y={top} width={right - left} height={bottom - top} />
            </clipPath>
            <g clipPath="url(#sequence-frame)">
              <path d={area(low, high, x, y)} className="fill-accent/20" />
              <path d={path(low, x, y)} className="fill-none stroke-accent/60" />
              <path d={path(high, x, y)} className="fill-none stroke-accent/60" />
              <path
                d={path(difference, x, y)}
                strokeWidth={1.5}
                className="fill-none stroke-text"
              />
            </g>
            {end === null ? null : (
              <line
                x1={x(end)}
                x2={x(end)}
                y1={top}
                y2={bottom}
                strokeDasharray="2 3"
                className="stroke-good"
              />
            )}
            {at === null ? null : (
              <line x1={x(shown)} x2={x(shown)} y1={top} y2={bottom} className="stroke-faint" />
            )}
          </>
        )}
      </Plot>
      <div className="flex flex-wrap justify-between gap-x-4 gap-y-1">
        <Legend
          items={[
            { key: "line", mark: "line", color: "text-text", text: t("differenceLine") },
            {
              key: "band",
              mark: "area",
              color: "text-accent",
              text: t("sequenceBand", { level: f.percent(1 - alpha, { digits: 0, unit: true }) }),
            },
            ...(end === null
              ? []
              : [
                  {
                    key: "end",
                    mark: "dashed" as const,
                    color: "text-good",
                    text: t("shownFirst"),
                  },
                ]),
          ]}
        />
        <p className="text-xs text-muted">{told}</p>
      </div>
    </figure>
  );
}
