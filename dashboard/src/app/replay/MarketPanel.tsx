"use client";
import { type ReactNode, useMemo } from "react";
import { Chart } from "@/components/Chart";
import { Choice } from "@/components/Choice";
import type { Point } from "@/components/chart/points";
import type { PaneSpec, SeriesSpec } from "@/components/chart/series";
import { Empty, Frame } from "@/components/Panel";
import { replay } from "@/i18n/replay";
import { useFormat, useText } from "@/lib/language";
import { useUrlState } from "@/lib/url";
import { countBefore, type Recording } from "./recording";
import { Letter, Swatch } from "./Swatch";
import type { Runs } from "./useReplay";

const SPANS = { day: 60, week: 300, month: 1200 } as const;
type Span = keyof typeof SPANS;
/** What the chart holds before the bar that is shown, to look back at. Appending a bar takes the
 * longer the more is there, so it is little while bars come fast. The overview shows it all. */
const HELD = 3_000;
const STRIDE = 300;

/** First bar that the chart holds; it moves seldom, since all is drawn anew then. */
function firstHeld(at: number, playing: boolean, span: number): number {
  const held = playing ? Math.max(2 * STRIDE, span) : HELD;
  return Math.max(0, Math.floor((at - held) / STRIDE) * STRIDE);
}

interface MarketPanelProps {
  runs: Runs;
  at: number;
  otherAt: number;
  playing: boolean;
  /** The transport, below the chart. */
  children: ReactNode;
}

/** Price with both models' fills, their equity and drawdown, up to the bar that is shown. */
export function MarketPanel({ runs, at, otherAt, playing, children }: MarketPanelProps) {
  const t = useText(replay);
  const f = useFormat();
  const [chosen, choose] = useUrlState("span", "week");
  const span: Span = chosen in SPANS ? (chosen as Span) : "week";
  const { main, against } = runs;
  const panes = usePanes(runs, at, otherAt, firstHeld(at, playing, SPANS[span]));
  const recording = main.recording;
  const label = t("chart", {
    n: at,
    price: f.price(recording.candles[at - 1]?.close),
    model: main.model,
    equity: f.percent(recording.returns[at - 1]?.value, { sign: true }),
    drawdown: f.percent(recording.drawdowns[at - 1]?.value),
    fills: fillsOf(recording, 0, at).length,
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
            bars={SPANS[span]}
            className="h-[22rem] sm:h-[25rem]"
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

/** The fills from one bar up to another. */
function fillsOf({ fills, candles }: Recording, from: number, to: number) {
  const before = (bar: number) =>
    countBefore(fills, ({ time }) => time, candles[bar]?.time ?? Number.POSITIVE_INFINITY);
  return fills.slice(before(from), before(to));
}

function usePanes({ main, against }: Runs, at: number, otherAt: number, first: number): PaneSpec[] {
  const t = useText(replay);
  return useMemo(() => {
    const mine = main.recording;
    const otherFirst = Math.max(0, otherAt - (at - first));
    const price: SeriesSpec = {
      id: "price",
      kind: "candles",
      title: "USD/COP",
      units: "price",
      points: mine.candles.slice(first, at),
      fills: fillsOf(mine, first, at),
      against: against === null ? [] : fillsOf(against.recording, otherFirst, otherAt),
    };
    const curves = (what: Curve): SeriesSpec[] => {
      const name = t(what === "returns" ? "equity" : "drawdown");
      if (against === null) return [curve(what, name, "accent", mine[what].slice(first, at))];
      const theirs = against.recording[what].slice(otherFirst, otherAt);
      return [
        curve(`${what} against`, `B: ${name}`, "muted", theirs),
        curve(what, `A: ${name}`, "accent", mine[what].slice(first, at)),
      ];
    };
    return [
      { id: "price", weight: 5, series: [price] },
      { id: "equity", weight: 2.5, series: curves("returns") },
      { id: "drawdown", weight: 1.5, series: curves("drawdowns") },
    ];
  }, [main, against, at, otherAt, first, t]);
}

type Curve = "returns" | "drawdowns";

function curve(
  id: string,
  title: string,
  color: "accent" | "muted",
  points: readonly Point[],
): SeriesSpec {
  return { kind: "line", units: "percent", id, title, color, dashed: color === "muted", points };
}
