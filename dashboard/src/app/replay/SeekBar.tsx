"use client";
import { replay } from "@/i18n/replay";
import { useFormat, useText } from "@/lib/language";
import { Overview } from "./Overview";
import { isOver } from "./usePlayback";
import type { Runs } from "./useReplay";

const THUMB =
  "[&::-webkit-slider-thumb]:size-4 [&::-webkit-slider-thumb]:appearance-none [&::-webkit-slider-thumb]:rounded-sm [&::-webkit-slider-thumb]:border-2 [&::-webkit-slider-thumb]:border-panel [&::-webkit-slider-thumb]:bg-accent [&::-moz-range-thumb]:size-3 [&::-moz-range-thumb]:rounded-sm [&::-moz-range-thumb]:border-2 [&::-moz-range-thumb]:border-panel [&::-moz-range-thumb]:bg-accent";

interface SeekBarProps {
  runs: Runs;
  at: number;
  end: number;
  onSeek(bars: number): void;
}

/** Where in the period playback stands, and how much of it has come. */
export function SeekBar({ runs, at, end, onSeek }: SeekBarProps) {
  const t = useText(replay);
  const f = useFormat();
  const { total, candles } = runs.main.recording;
  const time = candles[at - 1]?.time;
  const all = Math.max(total, 1);
  const shown =
    time === undefined
      ? ""
      : t("shown", { time: f.moment(time * 1000), n: f.count(at), all: f.count(total) });
  return (
    <div className="flex flex-col gap-1">
      <Overview runs={runs} at={at} all={all} />
      <div className="relative">
        <Line at={at / all} end={end / all} />
        <input
          type="range"
          aria-label={t("place")}
          aria-valuetext={shown}
          min={Math.min(1, end)}
          max={all}
          value={at}
          disabled={end === 0}
          onChange={(event) => onSeek(Number(event.target.value))}
          className={`relative block h-6 w-full cursor-pointer appearance-none bg-transparent ${THUMB}`}
        />
      </div>
      <div className="flex flex-wrap justify-between gap-x-4 text-xs text-muted">
        <span data-testid="shown">{shown}</span>
        <Arrived runs={runs} end={end} />
      </div>
    </div>
  );
}

function Line({ at, end }: { at: number; end: number }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 1 4"
      preserveAspectRatio="none"
      className="absolute inset-x-0 top-1/2 h-1 w-full -translate-y-1/2"
    >
      <rect width="1" height="4" className="fill-line" />
      <rect width={end} height="4" className="fill-faint" />
      <rect width={at} height="4" className="fill-accent" />
    </svg>
  );
}

function Arrived({ runs, end }: { runs: Runs; end: number }) {
  const t = useText(replay);
  const f = useFormat();
  const { total } = runs.main.recording;
  const whole = end > 0 && end === total;
  const words = () => {
    if (whole) return t("whole", { n: f.count(total) });
    if (end > 0) return t("received", { n: f.count(end), all: f.count(total) });
    return isOver(runs) ? "" : t("deciding");
  };
  return <span className={whole ? "max-sm:hidden" : ""}>{words()}</span>;
}
