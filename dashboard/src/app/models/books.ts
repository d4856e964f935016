"use client";
import { useMemo } from "react";
import type { Shape } from "@/api/client";
import { useGrowing } from "@/components/chart/growing";
import { type Point, stamp } from "@/components/chart/points";
import { useLiveEvents } from "@/lib/live";
import { type Got, useGet } from "@/lib/query";
import { returnsFrom } from "./returns";

const NONE: readonly never[] = [];

export interface Books {
  query: Got<Shape<"EquityCurve">>;
  /** Returns since the first bar that both books have, as fractions. */
  champion: readonly Point[];
  other: readonly Point[];
}

/** Equity of two books as it is stored, growing by what the stream tells. */
export function useBooks(champion: string | null, other: string | null, limit: number): Books {
  const [query, first, addFirst] = useBook(champion, limit);
  const [otherQuery, second, addSecond] = useBook(other, limit);
  useLiveEvents((events) => {
    const marks = (model: string | null) =>
      events.flatMap((event) =>
        event.type === "signal" && event.data.model_id === model
          ? [{ time: stamp(event.data.timestamp), value: event.data.equity }]
          : [],
      );
    addFirst(marks(champion));
    addSecond(marks(other));
  });
  const start = Math.max(first[0]?.time ?? 0, second[0]?.time ?? 0);
  return {
    query: champion === null ? otherQuery : query,
    champion: useMemo(() => returnsFrom(first, start), [first, start]),
    other: useMemo(() => returnsFrom(second, start), [second, start]),
  };
}

function useBook(model: string | null, limit: number) {
  const query = useGet(
    "/v1/equity",
    { query: { book: model ?? "", limit } },
    { enabled: model !== null },
  );
  const stored = useMemo(
    () =>
      query.data?.points.map(({ time, equity }) => ({ time: stamp(time), value: equity })) ?? NONE,
    [query.data],
  );
  const [points, add] = useGrowing<Point>(stored);
  return [query, points, add] as const;
}
