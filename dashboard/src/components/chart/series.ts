import {
  AreaSeries,
  CandlestickSeries,
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  LineStyle,
  type SeriesType,
} from "lightweight-charts";
import type { Format } from "@/lib/format";
import { token } from "@/lib/theme";
import { type Candle, type FillMark, kept, type Point, withGaps } from "./points";

export type ColorToken = "text" | "muted" | "faint" | "accent" | "long" | "short";
export type Units = "price" | "money" | "percent" | "ratio";

interface Common {
  /** Names the series; another id is another series. */
  id: string;
  /** What the legend says. */
  title: string;
  units: Units;
}
/** One series. New points are appended where `points` begins as before, by identity. */
export type SeriesSpec =
  | (Common & {
      kind: "candles";
      points: readonly Candle[];
      fills?: readonly FillMark[];
      against?: readonly FillMark[];
    })
  | (Common & {
      kind: "line" | "area";
      points: readonly Point[];
      color: ColorToken;
      dashed?: boolean;
    });

export interface PaneSpec {
  id: string;
  /** Share of the height, beside the others'. */
  weight: number;
  series: readonly SeriesSpec[];
}

export type AnySeries = ISeriesApi<SeriesType>;

/** Colours of the theme and the reader's numbers. */
export function seriesOptions(spec: SeriesSpec, format: Format) {
  const priceFormat = {
    type: "custom" as const,
    minMove: spec.units === "percent" ? 0.0001 : 0.01,
    formatter: (value: number) => format[spec.units](value),
  };
  const common = { priceFormat, priceLineVisible: false, title: "" };
  if (spec.kind === "candles") {
    const [up, down] = [token("muted"), token("faint")];
    return {
      ...common,
      lastValueVisible: true,
      priceLineVisible: true,
      priceLineColor: token("faint"),
      upColor: token("panel"),
      downColor: down,
      borderUpColor: up,
      borderDownColor: down,
      wickUpColor: up,
      wickDownColor: down,
    };
  }
  const color = token(spec.color);
  const lineStyle = spec.dashed ? LineStyle.Dashed : LineStyle.Solid;
  if (spec.kind === "line") return { ...common, color, lineStyle, lineWidth: 2 as const };
  const fade = `color-mix(in srgb, ${color} 16%, transparent)`;
  return { ...common, lineColor: color, lineWidth: 1 as const, topColor: fade, bottomColor: fade };
}

export function addSeries(chart: IChartApi, spec: SeriesSpec, pane: number): AnySeries {
  if (spec.kind === "candles") return chart.addSeries(CandlestickSeries, {}, pane);
  if (spec.kind === "line") return chart.addSeries(LineSeries, {}, pane);
  return chart.addSeries(AreaSeries, { invertFilledArea: true }, pane);
}

/** Appending one by one takes longer than drawing anew from some number on. */
const MOST_APPENDED = 600;

type Points = readonly (Candle | Point)[];

/** Show `next` where `before` was shown: by appending what is new, where nothing else changed. */
export function show(series: AnySeries, before: Points, next: Points): void {
  if (before === next) return;
  const same = kept(before, next);
  if (same === null || next.length - same > MOST_APPENDED) {
    series.setData(withGaps(next));
    return;
  }
  // From the last point that was shown, so that a gap after it takes its place.
  const from = Math.max(0, same - 1);
  for (const point of withGaps(next.slice(from)).slice(same - from)) series.update(point);
}
