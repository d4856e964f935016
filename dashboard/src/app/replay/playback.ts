/** Bars a second; 0 is as fast as it stays fluid. */
export const SPEEDS = [1, 10, 60, 300, 0] as const;
export type Speed = (typeof SPEEDS)[number];

/** What carries over from frame to frame. */
export interface Pace {
  /** Part of a bar that is due. */
  readonly carry: number;
  /** Bars a frame where nothing else limits them. */
  readonly batch: number;
}

export const START: Pace = { carry: 0, batch: 48 };
/** A frame at 60 a second lasts 16.7 ms; at 50, 20 ms. */
const FLUID_MS = 17.8;
/** Fewer would not make a frame faster: drawing it takes as long. */
const LEAST = 48;
const MOST = 150;
/** A tab that was hidden does not make up for it. */
const LONGEST_MS = 100;

/** How many bars to show more after `ms` milliseconds, and the pace from then on.
 *
 * As fast as it goes, a frame takes more bars than the one before until frames get late, then
 * fewer: what the machine can draw decides.
 */
export function due(pace: Pace, ms: number, speed: Speed): [number, Pace] {
  if (speed === 0) {
    const batch = ms <= FLUID_MS ? pace.batch * 1.05 : pace.batch * 0.6;
    const kept = Math.min(MOST, Math.max(LEAST, batch));
    return [Math.floor(kept), { carry: 0, batch: kept }];
  }
  const bars = pace.carry + (Math.min(ms, LONGEST_MS) * speed) / 1000;
  const whole = Math.floor(bars);
  return [whole, { carry: bars - whole, batch: START.batch }];
}

export function speedOf(text: string): Speed {
  return SPEEDS.find((speed) => String(speed) === text) ?? 60;
}
