"use client";
import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import type { Period } from "./period";
import { Run } from "./run";

/** A replay, and the one it is compared with. */
export interface Runs {
  main: Run;
  against: Run | null;
}

export interface Replay {
  runs: Runs | null;
  start(model: string, against: string, period: Period): void;
  stop(): void;
  goOn(): void;
}

/** Start and stop replays; whoever uses it is drawn again, once a frame at most, as they grow. */
export function useReplay(): Replay {
  const [runs, setRuns] = useState<Runs | null>(null);
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const frame = useRef(0);
  const shown = useRef<Runs | null>(null);
  const changed = useCallback(() => {
    if (frame.current !== 0) return;
    frame.current = requestAnimationFrame(() => {
      frame.current = 0;
      draw();
    });
  }, []);
  const each = useCallback((act: (run: Run) => void) => {
    const { main, against } = shown.current ?? {};
    if (main) act(main);
    if (against) act(against);
  }, []);
  useEffect(
    () => () => {
      each((run) => run.stop());
      cancelAnimationFrame(frame.current);
      frame.current = 0;
    },
    [each],
  );
  const start = (model: string, against: string, period: Period) => {
    each((run) => run.stop());
    shown.current = {
      main: new Run(model, period, changed),
      against: against === "" ? null : new Run(against, period, changed),
    };
    each((run) => run.begin());
    setRuns(shown.current);
  };
  return {
    runs,
    start,
    stop: () => each((run) => run.stop()),
    goOn: () =>
      each((run) => {
        if (run.state === "broken" || run.state === "stopped") run.begin();
      }),
  };
}
