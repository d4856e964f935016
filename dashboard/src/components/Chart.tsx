"use client";
import { lazy, Suspense } from "react";
import type { ChartProps } from "./chart/ChartCanvas";

const ChartCanvas = lazy(() => import("./chart/ChartCanvas"));

/** Price, equity and drawdown below each other, with one crosshair.
 *
 * Panes and series stay what they are while the chart is mounted; give it a `key` to change them.
 * What changes is their points. The library comes when the first chart is shown.
 */
export function Chart(props: ChartProps) {
  return (
    <Suspense fallback={<div className={`mt-6 ${props.className ?? "h-96"}`} />}>
      <ChartCanvas {...props} />
    </Suspense>
  );
}
