"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import { due, type Pace, type Speed, START } from "./playback";
import { barsUntil } from "./recording";
import type { Runs } from "./useReplay";

export interface Playback {
  /** Bars that are shown, from 0. */
  at: number;
  playing: boolean;
  toggle(): void;
  /** Play on, where it stands at the end of what has come. */
  resume(): void;
  /** Show so many bars and pause there. */
  seek(bars: number): void;
  /** Begin anew: by playing, or paused at a time (seconds since 1970) once it has come. */
  reset(until: number | null): void;
}

/** Bars that can be shown: what both have told, as long as both are telling. */
export function playable({ main, against }: Runs): number {
  const bars = main.recording.length;
  return against?.state === "receiving" ? Math.min(bars, against.recording.length) : bars;
}

/** Whether nothing more comes. */
export function isOver({ main, against }: Runs): boolean {
  return main.state !== "receiving" && against?.state !== "receiving";
}

/** Play what has been recorded, one step each frame of the screen. */
export function usePlayback(runs: Runs | null, speed: Speed): Playback {
  const [at, setAt] = useState(0);
  const [playing, setPlaying] = useState(false);
  const running = useRef(false); // at once, where `playing` comes with the next render
  const wanted = useRef<number | null>(null);
  const place = useRef(0);
  const move = useCallback((bars: number) => {
    place.current = bars;
    setAt(bars);
  }, []);
  const run = useCallback((on: boolean) => {
    running.current = on;
    setPlaying(on);
  }, []);

  useEffect(() => {
    if (!playing || runs === null) return;
    let pace: Pace = START;
    let before = performance.now();
    const step = (now: number) => {
      frame = requestAnimationFrame(step);
      if (!running.current) return;
      const end = playable(runs);
      const [bars, next] = due(pace, now - before, speed);
      before = now;
      const target = wanted.current;
      if (target !== null) {
        const found = barsUntil(runs.main.recording, target);
        if (found >= end && !isOver(runs)) return;
        wanted.current = null;
        move(Math.min(found, end));
        run(false);
      } else if (place.current < end) {
        pace = place.current + bars < end ? next : START;
        if (bars > 0) move(Math.min(end, place.current + bars));
      } else if (isOver(runs)) run(false);
    };
    let frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [playing, runs, speed, move, run]);

  const seek = (bars: number) => {
    if (runs === null) return;
    wanted.current = null;
    run(false);
    move(Math.max(Math.min(bars, playable(runs)), Math.min(1, playable(runs))));
  };
  const toggle = () => {
    if (runs === null) return;
    if (!playing && place.current >= playable(runs) && isOver(runs)) move(0);
    run(!playing);
  };
  const resume = () => {
    if (runs !== null && place.current >= playable(runs)) run(true);
  };
  const reset = (until: number | null) => {
    wanted.current = until;
    move(0);
    run(true);
  };
  return { at, playing, toggle, resume, seek, reset };
}
