"use client";
import { useCallback, useDeferredValue, useEffect, useRef } from "react";
import { useUrlState } from "@/lib/url";
import { Breaks } from "./Breaks";
import { MarketPanel } from "./MarketPanel";
import { type Speed, speedOf } from "./playback";
import { barsUntil } from "./recording";
import { StandingPanel } from "./StandingPanel";
import { Transport } from "./Transport";
import { TripsPanel } from "./TripsPanel";
import { isOver, playable, usePlayback } from "./usePlayback";
import type { Runs } from "./useReplay";

/** What a replay shows while it plays. */
export function Stage({ runs, goOn }: { runs: Runs; goOn(): void }) {
  const [speed, setSpeed] = useUrlState("speed", "60");
  const playback = usePlayback(runs, speedOf(speed));
  const { at, playing } = playback;
  useAddress(runs, at, playing, playback.reset);
  const other = runs.against;
  const time = runs.main.recording.candles[at - 1]?.time ?? 0;
  const otherAt = other === null ? 0 : barsUntil(other.recording, time);
  const seek = useRef(playback.seek);
  seek.current = playback.seek;
  const show = useCallback((bars: number) => seek.current(bars), []);
  const resume = () => {
    goOn();
    playback.resume();
  };
  // Figures may come a frame after the chart, where both have no time.
  const told = useDeferredValue(at);
  const otherTold = useDeferredValue(otherAt);
  return (
    <>
      <Breaks runs={runs} goOn={resume} />
      <div
        className={`grid items-start gap-4 ${other === null ? "xl:grid-cols-[minmax(0,1fr)_20rem]" : "xl:grid-cols-[minmax(0,1fr)_26rem]"}`}
      >
        <MarketPanel runs={runs} at={at} otherAt={otherAt} playing={playing}>
          <Transport
            runs={runs}
            playback={playback}
            end={playable(runs)}
            speed={speedOf(speed)}
            onSpeed={(next: Speed) => setSpeed(String(next))}
          />
        </MarketPanel>
        <StandingPanel runs={runs} at={told} otherAt={otherTold} over={isOver(runs)} />
      </div>
      <TripsPanel runs={runs} at={at} otherAt={otherAt} onShow={show} />
    </>
  );
}

/** Begin where the address says, and write there where it was paused. */
function useAddress(
  runs: Runs,
  at: number,
  playing: boolean,
  reset: (until: number | null) => void,
): void {
  const [written, write] = useUrlState("at");
  const newest = useRef({ written, reset });
  newest.current = { written, reset };
  const begun = useRef<Runs | null>(null);
  useEffect(() => {
    const until = Date.parse(newest.current.written) / 1000;
    if (begun.current === runs) return;
    const again = begun.current !== null;
    begun.current = runs;
    newest.current.reset(again || Number.isNaN(until) ? null : until);
  }, [runs]);
  const time = runs.main.recording.candles[at - 1]?.time;
  useEffect(() => {
    if (playing || time === undefined) return;
    const wait = setTimeout(
      () => write(`${new Date(time * 1000).toISOString().slice(0, 16)}Z`),
      150,
    );
    return () => clearTimeout(wait);
  }, [playing, time, write]);
}
