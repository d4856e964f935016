"use client";

interface WhiskerProps {
  value: number;
  low: number;
  high: number;
  /** The champion's, as a hollow mark. */
  other: number | null;
}

const WIDTH = 160;
const MIDDLE = 8;

/** An interval beside zero: whether it holds zero is what one looks for. Its figures are beside it. */
export function Whisker({ value, low, high, other }: WhiskerProps) {
  const all = [0, value, low, high, ...(other === null ? [] : [other])];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const x = (at: number) => 4 + ((at - least) / (most - least || 1)) * (WIDTH - 8);
  return (
    <svg viewBox={`0 0 ${WIDTH} 16`} className="h-4 w-40" aria-hidden="true">
      <path d={`M${x(0)} 0V16`} className="stroke-faint [stroke-dasharray:2_2]" />
      <path
        d={`M${x(low)} ${MIDDLE}H${x(high)}M${x(low)} 5V11M${x(high)} 5V11`}
        className="stroke-muted stroke-[1.5px]"
      />
      <circle cx={x(value)} cy={MIDDLE} r="3.5" className="fill-accent" />
      {other === null ? null : (
        <circle cx={x(other)} cy={MIDDLE} r="3" className="fill-panel stroke-text stroke-[1.5px]" />
      )}
    </svg>
  );
}
