"use client";
import type { Shape } from "@/api/client";
import { Figure, Figures } from "@/components/Figure";
import { Panel } from "@/components/Panel";
import { Tag } from "@/components/Tag";
import { Time } from "@/components/Time";
import { data as texts } from "@/i18n/data";
import { useFormat, useText } from "@/lib/language";
import { sessionDay } from "@/lib/market";
import type { Got } from "@/lib/query";

type Quality = Shape<"DataQuality">;
type Rate = Quality["bars"]["recent"];

/** What is wrong with the data, and the figures that say so. */
export function SummaryPanel({ quality }: { quality: Got<Quality> }) {
  const t = useText(texts);
  return (
    <Panel
      title={t("bars")}
      query={quality}
      skeleton={<div className="h-12 rounded-sm bg-raise" />}
    >
      {(told) => <Told told={told} />}
    </Panel>
  );
}

function Told({ told }: { told: Quality }) {
  const t = useText(texts);
  const f = useFormat();
  const { newest, behind, recent, overall } = told.bars;
  const of = ({ absent, refused, never_asked, expected }: Rate) =>
    t("ofBars", { n: f.count(absent + refused + never_asked), all: f.count(expected) });
  return (
    <div className="flex flex-col gap-4">
      {told.alerts.length === 0 ? null : (
        <ul className="flex flex-col gap-1">
          {told.alerts.map(({ measure, text }) => (
            <li key={`${measure} ${text}`} className="flex items-baseline gap-2 max-sm:flex-col">
              <Tag tone="bad">
                {measure in MEASURES ? t(MEASURES[measure as Measure]) : measure}
              </Tag>
              <span className="min-w-0">{coded(text)}</span>
            </li>
          ))}
        </ul>
      )}
      <Figures>
        <Figure label={t("newest")} note={newest === null ? null : <Time value={newest} />}>
          {newest === null ? "–" : f.date(sessionDay(newest))}
        </Figure>
        <Figure label={t("behind")}>{f.count(behind)}</Figure>
        <Figure label={t("recentRate", { n: recent.sessions })} note={of(recent)}>
          {f.percent(recent.rate)}
        </Figure>
        <Figure label={t("overallRate", { n: overall.sessions })} note={of(overall)}>
          {f.percent(overall.rate)}
        </Figure>
        <Figure label={t("absent")}>{f.count(overall.absent)}</Figure>
        <Figure label={t("refused")}>{f.count(overall.refused)}</Figure>
        <Figure label={t("neverAsked")}>{f.count(overall.never_asked)}</Figure>
      </Figures>
    </div>
  );
}

/** Commands of a text stand between backticks. */
function coded(text: string) {
  return text.split("`").map((part, n) =>
    n % 2 === 1 ? (
      <code key={part} className="font-mono text-xs">
        {part}
      </code>
    ) : (
      part
    ),
  );
}

const MEASURES = {
  gap_rate: "measureGaps",
  macro_completeness: "measureMacro",
  error_rate: "measureErrors",
} as const;
type Measure = keyof typeof MEASURES;
