"use client";
import { memo, useEffect, useRef } from "react";
import { Button } from "@/components/Button";
import { Choice } from "@/components/Choice";
import { replay } from "@/i18n/replay";
import { useText } from "@/lib/language";
import { Glyph, type GlyphName } from "./Glyph";
import { SPEEDS, type Speed, speedOf } from "./playback";
import { SeekBar } from "./SeekBar";
import { nextFill } from "./standing";
import type { Playback } from "./usePlayback";
import type { Runs } from "./useReplay";
import { useTransportKeys } from "./useTransportKeys";

interface TransportProps {
  runs: Runs;
  playback: Playback;
  /** Bars that can be shown. */
  end: number;
  speed: Speed;
  onSpeed(speed: Speed): void;
}

/** Plays, pauses, steps and seeks. */
export function Transport({ runs, playback, end, speed, onSpeed }: TransportProps) {
  const t = useText(replay);
  const { at, playing, seek, toggle } = playback;
  const { recording } = runs.main;
  const fill = (step: 1 | -1) => seek(nextFill(recording, at, step));
  const press = useTransportKeys({
    " ": toggle,
    ArrowLeft: () => seek(at - 1),
    ArrowRight: () => seek(at + 1),
    "[": () => fill(-1),
    "]": () => fill(1),
    Home: () => seek(1),
    End: () => seek(end),
  });
  return (
    <div className="flex flex-col gap-2 border-t border-line px-4 py-3">
      <SeekBar runs={runs} at={at} end={end} onSeek={seek} />
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <Buttons runs={runs} playing={playing} press={press} />
        <Speeds speed={speed} onSpeed={onSpeed} />
      </div>
      <p className="text-xs text-faint max-sm:hidden">{t("keys")}</p>
    </div>
  );
}

const BUTTONS = [
  ["first", "Home"],
  ["fillBack", "["],
  ["back", "ArrowLeft"],
  ["toggle", " "],
  ["forward", "ArrowRight"],
  ["fillForward", "]"],
  ["last", "End"],
] as const satisfies readonly (readonly [GlyphName | "toggle", string])[];

/** Each does what its key does. */
const Buttons = memo(function Buttons(props: {
  runs: Runs;
  playing: boolean;
  press(key: string): void;
}) {
  const t = useText(replay);
  const { runs, playing, press } = props;
  const play = useRef<HTMLButtonElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: Space after a start pauses it, and does not start anew
  useEffect(() => play.current?.focus({ preventScroll: true }), [runs]);
  return (
    <div className="flex items-center gap-1">
      {BUTTONS.map(([name, key]) =>
        name === "toggle" ? (
          <Button ref={play} key={key} className="w-28" onClick={() => press(key)}>
            <Glyph name={playing ? "pause" : "play"} />
            {playing ? t("pause") : t("play")}
          </Button>
        ) : (
          <Button
            key={key}
            look="quiet"
            className="w-8 px-0!"
            aria-label={t(name)}
            title={t(name)}
            onClick={() => press(key)}
          >
            <Glyph name={name} />
          </Button>
        ),
      )}
    </div>
  );
});

const Speeds = memo(
  function Speeds({ speed, onSpeed }: Pick<TransportProps, "speed" | "onSpeed">) {
    const t = useText(replay);
    const options = SPEEDS.map((one) => {
      const words = one === 0 ? t("fastest") : t("perSecond", { n: one });
      return [String(one), words] as const;
    });
    return (
      <Choice
        label={t("speed")}
        options={options}
        value={String(speed)}
        onChange={(next) => onSpeed(speedOf(next))}
      />
    );
  },
  (before, next) => before.speed === next.speed,
);
