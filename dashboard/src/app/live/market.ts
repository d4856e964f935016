"use client";
import { useMemo } from "react";
import type { Shape } from "@/api/client";
import type { LiveEvent, Told } from "@/api/stream";
import { useDrawdown, useGrowing } from "@/components/chart/growing";
import { type Candle, type FillMark, type Point, stamp } from "@/components/chart/points";
import { useLiveEvents } from "@/lib/live";
import { type Got, useGet } from "@/lib/query";

/** Bars of a month of sessions. */
export const MONTH = 1_200;
/** Bars that the API gives at once. */
export const MOST = 20_000;
const NONE: readonly never[] = [];

export interface LiveMarket {
  bars: Got<Shape<"BarPage">>;
  candles: readonly Candle[];
  fills: readonly FillMark[];
  /** Return of each since the first bar that is shown, as fractions. */
  account: readonly Point[];
  champion: readonly Point[];
  challenger: readonly Point[];
  drawdown: readonly Point[];
}

export interface Books {
  champion: string | null;
  challenger: string | null;
}

/** The newest `limit` bars, fills and equity as they are stored, growing by what the stream tells. */
export function useLiveMarket({ champion, challenger }: Books, limit: number): LiveMarket {
  const bars = useGet("/v1/bars", { query: { limit } });
  const stored = useMemo(() => bars.data?.items.map(candle) ?? NONE, [bars.data]);
  const start = bars.data?.items[0]?.time;
  const [candles, addCandles] = useGrowing<Candle>(stored);
  const [account, addAccount] = useEquity("account", start, limit);
  const [ofChampion, addChampion] = useEquity(champion, start, limit);
  const [ofChallenger, addChallenger] = useEquity(challenger, start, limit);
  useLiveEvents((events) => {
    const marks = events.flatMap((event) => (event.type === "account" ? [event.data] : []));
    addCandles(marks.map((mark) => candle({ ...mark, time: mark.timestamp })));
    addAccount(marks.map(({ timestamp, equity }) => ({ time: stamp(timestamp), value: equity })));
    addChampion(signalsOf(events, champion));
    addChallenger(signalsOf(events, challenger));
  });
  const found = useGet(
    "/v1/fills",
    { query: { model_id: champion ?? "", limit: 500 } },
    { enabled: champion !== null },
  );
  const fills = useMemo(() => found.data?.items.map(mark) ?? NONE, [found.data]);
  return {
    bars,
    candles,
    fills,
    account: useReturns(account),
    champion: useReturns(ofChampion),
    challenger: useReturns(ofChallenger),
    drawdown: useDrawdown(account),
  };
}

function useEquity(book: string | null, start: string | undefined, limit: number) {
  const curve = useGet(
    "/v1/equity",
    { query: { book: book ?? "", start, limit } },
    { enabled: book !== null && start !== undefined },
  );
  const stored = useMemo(
    () =>
      curve.data?.points.map(({ time, equity }) => ({ time: stamp(time), value: equity })) ?? NONE,
    [curve.data],
  );
  return useGrowing<Point>(stored);
}

const returns = new WeakMap<Point, { first: number; point: Point }>();

/** Returns since the first point; the same object for the same point, so that charts append. */
function useReturns(equity: readonly Point[]): readonly Point[] {
  return useMemo(() => {
    const first = equity[0]?.value ?? 1;
    return equity.map((point) => {
      const known = returns.get(point);
      if (known?.first === first) return known.point;
      const made = { time: point.time, value: point.value / first - 1 };
      returns.set(point, { first, point: made });
      return made;
    });
  }, [equity]);
}

function signalsOf(events: readonly Told<LiveEvent>[], model: string | null): Point[] {
  return events.flatMap((event) =>
    event.type === "signal" && event.data.model_id === model
      ? [{ time: stamp(event.data.timestamp), value: event.data.equity }]
      : [],
  );
}

function candle(bar: Pick<Shape<"Bar">, "time" | "open" | "high" | "low" | "close">): Candle {
  const { open, high, low, close } = bar;
  return { time: stamp(bar.time), open, high, low, close };
}

function mark(fill: Shape<"Fill">): FillMark {
  const { timestamp, price, from_position: from, to_position: to } = fill;
  return { time: stamp(timestamp), price, from, to };
}
