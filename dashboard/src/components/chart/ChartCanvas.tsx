"use client";
import {
  createChart,
  type IChartApi,
  type LogicalRange,
  type MouseEventParams,
} from "lightweight-charts";
import { useEffect, useRef, useState } from "react";
import type { Format } from "@/lib/format";
import { useFormat } from "@/lib/language";
import { useTheme } from "@/lib/theme";
import { chartOptions } from "./options";
import { FillMarks, SessionLines } from "./overlays";
import { asStamp, type Candle, type Point } from "./points";
import {
  type AnySeries,
  addSeries,
  type PaneSpec,
  type SeriesSpec,
  seriesOptions,
  show,
} from "./series";

export interface ChartProps {
  /** What is drawn, in a sentence with its figures: all that a screen reader gets. */
  label: string;
  panes: readonly PaneSpec[];
  /** Bars in view at first; the newest ones. All without it. */
  bars?: number;
  /** Class with the height. */
  className?: string;
  /** Called with the time (seconds since 1970) under the pointer. */
  onPoint?(time: number | null): void;
}

interface Shown {
  series: AnySeries;
  points: readonly (Candle | Point)[];
  lines: SessionLines;
  fills: FillMarks;
  against: FillMarks;
}

/** What `Chart` shows, once the library is there. */
export default function ChartCanvas({
  label,
  panes,
  bars,
  className = "h-96",
  onPoint,
}: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<IChartApi | null>(null);
  const shown = useRef(new Map<string, Shown>());
  const pointing = useRef(onPoint);
  pointing.current = onPoint;
  const first = useRef(panes);
  const inView = useRef(bars);
  const format = useFormat();
  const theme = useTheme();
  const [legend, setLegend] = useState<readonly string[] | null>(null);
  const newest = useRef({ panes, format });
  newest.current = { panes, format };

  useEffect(() => {
    if (place.current === null) return;
    const made = createChart(place.current, chartOptions(newest.current.format));
    const found = shown.current;
    first.current.forEach((pane, n) => {
      for (const spec of pane.series) found.set(spec.id, attach(made, spec, n));
      made.panes()[n]?.setStretchFactor(pane.weight);
    });
    made.subscribeCrosshairMove((event) => {
      for (const { fills, against } of found.values()) {
        fills.hover(event.time);
        against.hover(event.time);
      }
      pointing.current?.(event.time === undefined ? null : asStamp(event.time));
      setLegend(read(event, newest.current.panes, found, newest.current.format));
    });
    chart.current = made;
    return () => {
      made.remove();
      chart.current = null;
      found.clear();
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme's colours are read from the page
  useEffect(() => {
    chart.current?.applyOptions(chartOptions(format));
    for (const spec of first.current.flatMap((pane) => pane.series)) {
      shown.current.get(spec.id)?.series.applyOptions(seriesOptions(spec, format));
    }
  }, [format, theme]);

  useEffect(() => {
    const scale = chart.current?.timeScale();
    let fresh = false;
    for (const spec of panes.flatMap((pane) => pane.series)) {
      const one = shown.current.get(spec.id);
      if (one === undefined) continue;
      fresh ||= one.points.length === 0 && spec.points.length > 0;
      if (one.points !== spec.points) {
        show(one.series, one.points, spec.points);
        one.points = spec.points;
        one.lines.setTimes(spec.points);
      }
      if (spec.kind === "candles") {
        one.fills.setFills(spec.fills ?? []);
        one.against.setFills(spec.against ?? []);
      }
    }
    const wanted = fresh || bars !== inView.current;
    inView.current = bars;
    if (wanted && scale) scale.setVisibleLogicalRange(view(panes, bars));
  }, [panes, bars]);

  const told = legend ?? lastOf(panes, format);
  return (
    <figure className="relative m-0">
      <figcaption className="sr-only">{label}</figcaption>
      <p
        aria-hidden="true"
        className="pointer-events-none flex h-6 gap-x-4 overflow-hidden px-4 max-sm:h-8 max-sm:flex-wrap text-xs text-muted"
      >
        {told.map((text) => (
          <span key={text} className="whitespace-nowrap">
            {text}
          </span>
        ))}
      </p>
      <div ref={place} aria-hidden="true" className={`w-full ${className}`} />
    </figure>
  );
}

function attach(chart: IChartApi, spec: SeriesSpec, pane: number): Shown {
  const series = addSeries(chart, spec, pane);
  const [lines, fills, against] = [new SessionLines(), new FillMarks(), new FillMarks(true)];
  series.attachPrimitive(lines);
  if (spec.kind === "candles") {
    series.attachPrimitive(against);
    series.attachPrimitive(fills);
  }
  return { series, points: [], lines, fills, against };
}

/** Room before the first bar, as a share of all: what is written below it is not cut. */
const MARGIN = 0.06;

function view(panes: readonly PaneSpec[], bars: number | undefined): LogicalRange {
  const longest = Math.max(
    ...panes.flatMap((pane) => pane.series.map(({ points }) => points.length)),
  );
  if (bars !== undefined) return { from: longest - bars, to: longest + 2 } as LogicalRange;
  return { from: -longest * MARGIN, to: longest + 2 } as LogicalRange;
}

function read(
  event: MouseEventParams,
  panes: readonly PaneSpec[],
  shown: Map<string, Shown>,
  format: Format,
): readonly string[] | null {
  if (event.time === undefined) return null;
  const at = asStamp(event.time) * 1000;
  const values = panes
    .flatMap((pane) => pane.series)
    .map((spec) => {
      const one = shown.get(spec.id);
      const point = one && (event.seriesData.get(one.series) as Candle | Point | undefined);
      return point === undefined ? "" : words(spec, point, format);
    });
  return [`${format.day(at)} ${format.clock(at)}`, ...values.filter((text) => text !== "")];
}

function lastOf(panes: readonly PaneSpec[], format: Format): readonly string[] {
  return panes
    .flatMap((pane) => pane.series)
    .flatMap((spec) => {
      const last = spec.points.at(-1);
      return last === undefined ? [] : [words(spec, last, format)];
    });
}

function words(spec: SeriesSpec, point: Candle | Point, format: Format): string {
  if (!("open" in point)) return `${spec.title} ${format[spec.units](point.value)}`;
  const { open, high, low, close } = point;
  return [open, high, low, close]
    .map((value, n) => `${"OHLC"[n]} ${format.price(value)}`)
    .join("  ");
}
