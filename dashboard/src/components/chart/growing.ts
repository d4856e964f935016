"use client";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { drawdownFrom, kept, type Point, type Stamp } from "./points";

/** A stored series that grows by what the stream tells: points after the last stored one.
 *
 * `add` may be called for each event; what comes within a frame is shown at once.
 */
export function useGrowing<P extends { time: Stamp }>(
  stored: readonly P[],
): [readonly P[], (points: readonly P[]) => void] {
  const [added, setAdded] = useState<readonly P[]>([]);
  const waiting = useRef<P[]>([]);
  const frame = useRef(0);
  useEffect(() => () => cancelAnimationFrame(frame.current), []);
  const add = useCallback((points: readonly P[]) => {
    if (points.length === 0) return;
    waiting.current.push(...points);
    if (frame.current !== 0) return;
    frame.current = requestAnimationFrame(() => {
      frame.current = 0;
      const fresh = waiting.current;
      waiting.current = [];
      setAdded((before) => extended(before, fresh));
    });
  }, []);
  return [useMemo(() => extended(stored, added), [stored, added]), add];
}

/** The points of `before`, and those of `fresh` that come after it. */
export function extended<P extends { time: Stamp }>(
  before: readonly P[],
  fresh: readonly P[],
): readonly P[] {
  const found = [...before];
  for (const point of fresh) {
    const last = found.at(-1);
    if (last === undefined || point.time > last.time) found.push(point);
  }
  return found.length === before.length ? before : found;
}

/** The drawdown of a growing curve; what was computed stays the same object. */
export function useDrawdown(equity: readonly Point[]): readonly Point[] {
  const memory = useRef<{ equity: readonly Point[]; found: readonly Point[]; peak: number }>(null);
  return useMemo(() => {
    const before = memory.current;
    const same = before === null ? null : kept(before.equity, equity);
    const whole = before !== null && same === before.equity.length;
    const start = whole ? before.peak : Number.NEGATIVE_INFINITY;
    const [added, peak] = drawdownFrom(equity.slice(whole ? same : 0), start);
    const found = whole ? [...before.found, ...added] : added;
    memory.current = { equity, found, peak };
    return found;
  }, [equity]);
}
