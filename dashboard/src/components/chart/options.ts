import {
  type ChartOptions,
  ColorType,
  CrosshairMode,
  type DeepPartial,
  TickMarkType,
  type Time,
} from "lightweight-charts";
import type { Format } from "@/lib/format";
import { token } from "@/lib/theme";
import { asStamp } from "./points";

const LABELS = 11;

/** Options of a chart in the theme of now, with times of Bogota. */
export function chartOptions(format: Format): DeepPartial<ChartOptions> {
  const line = token("line");
  const hair = { color: token("faint"), labelBackgroundColor: token("muted"), width: 1 } as const;
  return {
    autoSize: true,
    layout: {
      attributionLogo: false, // it brings a style element, which the policy forbids; see Help
      background: { type: ColorType.Solid, color: token("panel") },
      textColor: token("muted"),
      fontFamily: getComputedStyle(document.documentElement).fontFamily,
      fontSize: LABELS,
      panes: { separatorColor: line, separatorHoverColor: line, enableResize: false },
    },
    grid: { vertLines: { visible: false }, horzLines: { color: line } },
    crosshair: { mode: CrosshairMode.Normal, vertLine: hair, horzLine: hair },
    rightPriceScale: { borderVisible: false, minimumWidth: 72 },
    timeScale: {
      borderColor: line,
      rightOffset: 3,
      timeVisible: true,
      minBarSpacing: 0.01, // a year of bars on a phone; at the usual 0.5 the first ones are cut off
      tickMarkFormatter: (time: Time, type: TickMarkType) => {
        const at = asStamp(time) * 1000;
        return type === TickMarkType.Time ? format.clock(at) : format.day(at);
      },
    },
    localization: {
      timeFormatter: (time: Time) => {
        const at = asStamp(time) * 1000;
        return `${format.day(at)} ${format.clock(at)}`;
      },
    },
  };
}
