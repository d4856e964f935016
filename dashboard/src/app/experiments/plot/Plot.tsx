"use client";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { linear, type Scale, ticks } from "./scale";

export interface Tick {
  at: number;
  text: string;
}
export interface Frame {
  x: Scale;
  y: Scale;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

interface PlotProps {
  /** What is drawn, in a sentence with its figures: what a screen reader gets. */
  label: string;
  x: readonly [number, number];
  y: readonly [number, number];
  xTicks: readonly Tick[];
  yFormat(value: number): string;
  /** What the vertical axis is, with its unit. */
  yTitle: string;
  xTitle?: string;
  height?: number;
  /** Called with the horizontal value under the pointer. */
  onPoint?(value: number | null): void;
  children(frame: Frame): ReactNode;
}

const EDGE = { left: 44, right: 12, top: 22, bottom: 22 };
const TICK_PX = 44;

/** Axes at the size of their place; what is drawn in them is given their scales. */
export function Plot(props: PlotProps) {
  const { label, x, y, xTicks, yFormat, yTitle, xTitle, height = 240, onPoint, children } = props;
  const [place, width] = useWidth();
  const bottom = height - EDGE.bottom - (xTitle ? 14 : 0);
  const frame: Frame = {
    x: linear(x, EDGE.left, width - EDGE.right),
    y: linear(y, bottom, EDGE.top),
    left: EDGE.left,
    right: width - EDGE.right,
    top: EDGE.top,
    bottom,
  };
  const pointed = (event: React.PointerEvent<SVGSVGElement>) => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
    onPoint?.(frame.x.invert(at));
  };
  const rows = ticks(y, Math.max(2, (bottom - EDGE.top) / TICK_PX));
  return (
    <div ref={place} className={HEIGHTS[height] ?? "min-h-60"}>
      {width === 0 ? null : (
        <svg
          role="img"
          aria-label={label}
          width={width}
          height={height}
          className="block overflow-visible"
          onPointerMove={onPoint && pointed}
          onPointerLeave={onPoint && (() => onPoint(null))}
        >
          <text x={0} y={10} className="fill-muted text-xs">
            {yTitle}
          </text>
          {rows.map((value) => (
            <g key={value}>
              <line
                x1={frame.left}
                x2={frame.right}
                y1={frame.y(value)}
                y2={frame.y(value)}
                className={value === 0 ? "stroke-faint" : "stroke-line"}
              />
              <text
                x={frame.left - 8}
                y={frame.y(value)}
                dy="0.32em"
                textAnchor="end"
                className="fill-muted text-xs"
              >
                {yFormat(value)}
              </text>
            </g>
          ))}
          {xTicks.map(({ at, text }) => (
            <text
              key={at}
              x={frame.x(at)}
              y={bottom + 15}
              textAnchor="middle"
              className="fill-muted text-xs"
            >
              {text}
            </text>
          ))}
          {xTitle ? (
            <text x={frame.right} y={height - 2} textAnchor="end" className="fill-muted text-xs">
              {xTitle}
            </text>
          ) : null}
          {children(frame)}
        </svg>
      )}
    </div>
  );
}

/** Room that is kept until the width is known, so that nothing moves. */
const HEIGHTS: Record<number, string> = { 160: "min-h-40", 240: "min-h-60", 280: "min-h-70" };

function useWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (place.current === null) return;
    const seen = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.floor(entry.contentRect.width));
    });
    seen.observe(place.current);
    return () => seen.disconnect();
  }, []);
  return [place, width];
}
