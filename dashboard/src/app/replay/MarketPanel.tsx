"use client";
import { type ReactNode, useMemo } from "react";
import { Chart } from "@/components/Chart";
import { Choice } from "@/components/Choice";
import type { PaneSpec, SeriesSpec } from "@/components/chart/series";
import { Empty, Frame } from "@/components/Panel";
import { replay } from "@/i18n/replay";
import { type Text, useFormat, useText } from "@/lib/language";
import { useUrlState } from "@/lib/url";
import { countBefore, type Recording } from "./recording";
import { Letter, Swatch } from "./Swatch";
import type { Runs } from "./useReplay";

const SPANS = { day: 60, week: 300, month: 1200, all: Number.POSITIVE_INFINITY } as const;
type Span = keyof typeof SPANS;

interface MarketPanelProps {
  runs: Runs;
  at: number;
  otherAt: number;
  /** The transport, below the chart. */
  children: ReactNode;
}

/** Price with both models' fills, their equity and drawdown, up to the bar that is shown. */
export function MarketPanel({ runs, at, otherAt, children }: MarketPanelProps) {
  const t = useText(replay);
  const f = useFormat();
  const [chosen, choose] = useUrlState("span", "week");
  const span: Span = chosen in SPANS ? (chosen as Span) : "week";
  const { main, against } = runs;
  const panes = usePanes(runs, at, otherAt);
  const recording = main.recording;
  const label = t("chart", {
    n: at,
    price: f.price(recording.candles[at - 1]?.close),
    model: main.model,
    equity: f.percent(recording.returns[at - 1]?.value, { sign: true }),
    drawdown: f.percent(recording.drawdowns[at - 1]?.value),
    fills: fillsAt(recording, at).length,
  });
  const options = (Object.keys(SPANS) as Span[]).map((name) => [name, t(name)] as const);
  const nothing = recording.length === 0 && main.state !== "receiving";
  return (
    <Frame
      title={t("market")}
      aside={<Choice label={t("span")} options={options} value={span} onChange={choose} />}
      flush
    >
      {nothing ? (
        <div className="px-4 pb-4">
          <Empty text={t("ready")} />
        </div>
      ) : (
        <>
          <Legend main={main.model} against={against?.model ?? null} />
          <Chart
            key={`${main.model} ${against?.model ?? ""}`}
            label={label}
            panes={panes}
            bars={Math.max(Math.min(SPANS[span], Math.max(at, 60)), 1)}
            className="h-[24rem] sm:h-[32rem]"
          />
          {children}
        </>
      )}
    </Frame>
  );
}

/** Who is which colour; the second model's triangles are hollow. */
function Legend({ main, against }: { main: string; against: string | null }) {
  const t = useText(replay);
  return (
    <ul aria-label={t("tradesOf")} className="flex flex-wrap gap-x-4 px-4 text-xs text-muted">
      <li>
        {against === null ? null : <Letter>A</Letter>} <Swatch kind="main" /> {main}
      </li>
      {against === null ? null : (
        <li>
          <Letter>B</Letter> <Swatch kind="against" /> {against}
        </li>
      )}
    </ul>
  );
}

function fillsAt({ fills, candles }: Recording, at: number) {
  const end = (candles[at - 1]?.time ?? -1) + 1;
  return fills.slice(
    0,
    countBefore(fills, ({ time }) => time, end),
  );
}

function usePanes({ main, against }: Runs, at: number, otherAt: number): PaneSpec[] {
  const t = useText(replay);
  return useMemo(() => {
    const mine = main.recording;
    const price: SeriesSpec = {
      id: "price",
      kind: "candles",
      title: "USD/COP",
      units: "price",
      points: mine.candles.slice(0, at),
      fills: fillsAt(mine, at),
      against: against === null ? [] : fillsAt(against.recording, otherAt),
    };
    return [
      { id: "price", weight: 5, series: [price] },
      { id: "equity", weight: 2.5, series: curves(main, against, at, otherAt, "returns", t) },
      { id: "drawdown", weight: 1.5, series: curves(main, against, at, otherAt, "drawdowns", t) },
    ];
  }, [main, against, at, otherAt, t]);
}

function curves(
  main: Runs["main"],
  against: Runs["against"],
  at: number,
  otherAt: number,
  what: "returns" | "drawdowns",
  t: Text<typeof replay>,
): SeriesSpec[] {
  const name = what === "returns" ? "equity" : "drawdown";
  const title = (letter: string) => (against === null ? t(name) : `${letter}: ${t(name)}`);
  const line = { kind: "line", units: "percent" } as const;
  const other: SeriesSpec[] =
    against === null
      ? []
      : [
          {
            ...line,
            id: `${what} against`,
            title: title("B"),
            color: "muted",
            dashed: true,
            points: against.recording[what].slice(0, otherAt),
          },
        ];
  const mine: SeriesSpec = {
    ...line,
    id: what,
    title: title("A"),
    color: "accent",
    points: main.recording[what].slice(0, at),
  };
  return [...other, mine];
}
