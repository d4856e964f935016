export const WIDTH = 120;
export const HEIGHT = 48;

export interface Bar {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Bars of two histograms over the same bins and at the same scale. */
export function barsOf(
  training: readonly number[],
  live: readonly number[] | null,
): [readonly Bar[], readonly Bar[]] {
  const highest = Math.max(...training, ...(live ?? []));
  const width = WIDTH / training.length;
  const bar = (share: number, n: number): Bar => {
    const height = highest === 0 ? 0 : (share / highest) * HEIGHT;
    return { x: n * width, y: HEIGHT - height, width: width * 0.9, height };
  };
  return [training.map(bar), (live ?? []).map(bar)];
}
