import type { ReactNode } from "react";

export type Mark = "line" | "dashed" | "area" | "dot" | "box" | "tick" | "diamond";

/** What a mark of a plot means. `color` is a text class: marks take its colour. */
export function Legend({ items }: { items: readonly LegendItem[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
      {items.map(({ key, mark, color, text }) => (
        <li key={key} className="flex items-center gap-1.5">
          <svg viewBox="0 0 16 10" aria-hidden="true" className={`h-2.5 w-4 ${color}`}>
            {MARKS[mark]}
          </svg>
          <span className="whitespace-nowrap">{text}</span>
        </li>
      ))}
    </ul>
  );
}

export interface LegendItem {
  key: string;
  mark: Mark;
  color: string;
  text: ReactNode;
}

const MARKS: Record<Mark, ReactNode> = {
  line: <path d="M0 5H16" stroke="currentColor" strokeWidth={2} />,
  dashed: <path d="M0 5H16" stroke="currentColor" strokeWidth={2} strokeDasharray="4 2" />,
  area: <rect width={16} height={10} rx={1} fill="currentColor" opacity={0.2} />,
  dot: <circle cx={8} cy={5} r={3} fill="currentColor" />,
  box: (
    <rect x={3} y={0.5} width={10} height={9} fill="none" stroke="currentColor" strokeWidth={1.5} />
  ),
  diamond: <path d="M8 0.5L12.5 5L8 9.5L3.5 5Z" fill="currentColor" />,
  tick: <path d="M2 5H14" stroke="currentColor" strokeWidth={2} />,
};
