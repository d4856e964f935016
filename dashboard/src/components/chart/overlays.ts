import type {
  IChartApi,
  IPrimitivePaneView,
  ISeriesApi,
  ISeriesPrimitive,
  SeriesAttachedParameter,
  SeriesType,
  Time,
} from "lightweight-charts";
import { sessionDay } from "@/lib/market";
import { token } from "@/lib/theme";
import { asStamp, type FillMark } from "./points";

type DrawTarget = Parameters<NonNullable<ReturnType<IPrimitivePaneView["renderer"]>>["draw"]>[0];

const HALF_WIDTH = 5;
const HEIGHT = 8;

abstract class Overlay implements ISeriesPrimitive<Time> {
  protected chart: IChartApi | null = null;
  protected series: ISeriesApi<SeriesType> | null = null;
  private update: (() => void) | null = null;
  constructor(private readonly order: "bottom" | "top") {}

  attached({ chart, series, requestUpdate }: SeriesAttachedParameter<Time>): void {
    this.chart = chart as IChartApi;
    this.series = series;
    this.update = requestUpdate;
  }
  detached(): void {
    this.chart = null;
    this.series = null;
    this.update = null;
  }
  redraw(): void {
    this.update?.();
  }
  paneViews(): readonly IPrimitivePaneView[] {
    return [
      {
        zOrder: () => this.order,
        renderer: () => ({
          draw: (target: DrawTarget) =>
            target.useMediaCoordinateSpace(({ context, mediaSize }) => {
              context.save();
              this.draw(context, mediaSize);
              context.restore();
            }),
        }),
      },
    ];
  }
  protected abstract draw(
    context: CanvasRenderingContext2D,
    size: { width: number; height: number },
  ): void;
}

/** A hairline where a session begins. */
export class SessionLines extends Overlay {
  private opens: number[] = [];
  private seen = { count: 0, first: 0, day: "" };
  constructor() {
    super("bottom");
  }

  /** Take the times of all bars, ascending; only those that are new are looked at. */
  setTimes(times: readonly { time: number }[]): void {
    const first = times[0]?.time ?? 0;
    const grows = first === this.seen.first && times.length >= this.seen.count;
    if (!grows) {
      this.opens = [];
      this.seen = { count: 0, first, day: "" };
    }
    for (const { time } of times.slice(this.seen.count)) {
      const day = sessionDay(time * 1000);
      if (day !== this.seen.day && this.seen.day !== "") this.opens.push(time);
      this.seen.day = day;
    }
    this.seen.count = times.length;
    this.redraw();
  }

  protected override draw(context: CanvasRenderingContext2D, size: { height: number }): void {
    const scale = this.chart?.timeScale();
    if (!scale) return;
    const half = scale.options().barSpacing / 2;
    context.strokeStyle = token("line");
    context.setLineDash([2, 3]);
    context.beginPath();
    for (const time of this.opens) {
      const x = scale.timeToCoordinate(time as Time);
      if (x === null) continue;
      const at = Math.round(x - half) + 0.5;
      context.moveTo(at, 0);
      context.lineTo(at, size.height);
    }
    context.stroke();
  }
}

/** Fills as triangles at their price; a line between entry and exit while the pointer is on one. */
export class FillMarks extends Overlay {
  private fills: readonly FillMark[] = [];
  private hovered: number | null = null;
  /** @param hollow - as those of a second model, beside filled ones. */
  constructor(private readonly hollow = false) {
    super("top");
  }

  setFills(fills: readonly FillMark[]): void {
    this.fills = [...fills].sort((a, b) => a.time - b.time);
    this.redraw();
  }

  hover(time: Time | undefined): void {
    const at = time === undefined ? null : asStamp(time);
    if (at === this.hovered) return;
    this.hovered = at;
    this.redraw();
  }

  protected override draw(context: CanvasRenderingContext2D, size: { width: number }): void {
    const places = this.fills.map((fill) => this.place(fill));
    const colors = [token("short"), token("muted"), token("long")];
    const edge = token("panel");
    this.fills.forEach((fill, n) => {
      const here = places[n];
      const following = this.fills[n + 1];
      const there = places[n + 1];
      if (here === undefined || following === undefined || there === undefined || fill.to === 0)
        return;
      if (this.hovered !== fill.time && this.hovered !== following.time) return;
      context.strokeStyle = colors[fill.to + 1] ?? "";
      context.setLineDash([4, 3]);
      context.beginPath();
      context.moveTo(here.x, here.y);
      context.lineTo(there.x, there.y);
      context.stroke();
    });
    context.setLineDash([]);
    this.fills.forEach((fill, n) => {
      const place = places[n];
      if (place === undefined || place.x < -HEIGHT || place.x > size.width + HEIGHT) return;
      const down = fill.to > fill.from ? HEIGHT : -HEIGHT;
      context.beginPath();
      context.moveTo(place.x, place.y);
      context.lineTo(place.x - HALF_WIDTH, place.y + down);
      context.lineTo(place.x + HALF_WIDTH, place.y + down);
      context.closePath();
      const color = colors[fill.to + 1] ?? "";
      context.fillStyle = this.hollow ? edge : color;
      context.strokeStyle = this.hollow ? color : edge;
      context.fill();
      context.stroke();
    });
  }

  private place(fill: FillMark): { x: number; y: number } | undefined {
    const x = this.chart?.timeScale().timeToCoordinate(fill.time);
    const y = this.series?.priceToCoordinate(fill.price);
    return x == null || y == null ? undefined : { x, y };
  }
}
