"use client";
import { experiments } from "@/i18n/experiments";
import { useFormat, useText } from "@/lib/language";
import { aside, type Column, columnsOf, rangeOf } from "./folds";
import { Legend } from "./plot/Legend";
import { type Frame, Plot } from "./plot/Plot";
import type { Run } from "./WalkForwards";

const MOST_PX = 44;
const DIAMOND_PX = 5;

/** Every seed of every fold as a dot, its quartiles as a box, on the band of random traders. */
export function FoldPlot({ run, multiple }: { run: Run; multiple: string }) {
  const t = useText(experiments);
  const f = useFormat();
  const columns = columnsOf(run, multiple);
  const stitched = columns.at(-1)?.spread;
  const costs = multiple.replace("x", "×");
  const banded = columns.some(({ random }) => random !== null);
  return (
    <figure className="flex flex-col gap-2">
      <Plot
        label={t("foldPlot", {
          costs,
          n: columns.length - 1,
          median: f.ratio(stitched?.median),
          low: f.ratio(stitched?.minimum),
          high: f.ratio(stitched?.maximum),
        })}
        height={280}
        x={[-0.5, columns.length - 0.5]}
        y={rangeOf(run)}
        xTicks={columns.map(({ fold }, at) => ({ at, text: fold === null ? "Σ" : String(fold) }))}
        yFormat={(value) => f.number(value, 1)}
        yTitle={t("sharpeAnnual")}
        xTitle={t("foldAxis")}
      >
        {(frame) =>
          columns.map((column, n) => (
            <Place key={column.fold ?? "all"} of={column} at={n} frame={frame} />
          ))
        }
      </Plot>
      <Legend
        items={[
          { key: "seed", mark: "dot", color: "text-accent", text: t("oneSeed") },
          { key: "box", mark: "box", color: "text-text", text: t("quartiles") },
          ...(run.ensemble
            ? [
                {
                  key: "joined",
                  mark: "diamond",
                  color: "text-text",
                  text: t("joinedMark"),
                } as const,
              ]
            : []),
          { key: "hold", mark: "tick", color: "text-long", text: t("buyAndHold") },
          {
            key: "random",
            mark: "area",
            color: "text-short",
            text: banded ? t("randomBand") : t("randomBandOnly"),
          },
        ]}
      />
    </figure>
  );
}

function Place({ of, at, frame }: { of: Column; at: number; frame: Frame }) {
  const t = useText(experiments);
  const f = useFormat();
  const { x, y } = frame;
  const step = x(1) - x(0);
  const half = Math.min(MOST_PX, step * 0.7) / 2;
  const middle = x(at);
  const shifts = aside(
    of.seeds.map(({ sharpe }) => sharpe),
    Math.abs(y.invert(0) - y.invert(7)),
  );
  const { spread, random } = of;
  return (
    <g>
      {of.fold === null ? (
        <line
          x1={middle - step / 2}
          x2={middle - step / 2}
          y1={frame.top}
          y2={frame.bottom}
          className="stroke-line"
        />
      ) : null}
      {random === null ? null : (
        <rect
          x={middle - step * 0.42}
          width={step * 0.84}
          y={y(random.high)}
          height={Math.max(1, y(random.median) - y(random.high))}
          className="fill-short/15"
        >
          <title>
            {t("randomTold", { median: f.ratio(random.median), high: f.ratio(random.high) })}
          </title>
        </rect>
      )}
      <path
        d={`M${middle},${y(spread.minimum)}V${y(spread.lower)}M${middle},${y(spread.upper)}V${y(spread.maximum)}`}
        className="fill-none stroke-faint"
      />
      <rect
        x={middle - half / 2}
        width={half}
        y={y(spread.upper)}
        height={Math.max(1, y(spread.lower) - y(spread.upper))}
        className={`stroke-text ${of.fold === null ? "fill-accent/30" : "fill-none"}`}
      />
      <line
        x1={middle - half / 2}
        x2={middle + half / 2}
        y1={y(spread.median)}
        y2={y(spread.median)}
        strokeWidth={2}
        className="stroke-text"
      />
      {of.hold === null ? null : (
        <line
          x1={middle - half}
          x2={middle + half}
          y1={y(of.hold)}
          y2={y(of.hold)}
          strokeWidth={2}
          className="stroke-long"
        >
          <title>{`${t("buyAndHold")}: ${f.ratio(of.hold)}`}</title>
        </line>
      )}
      {of.seeds.map(({ seed, sharpe }, n) => (
        <circle
          key={seed}
          cx={middle + (shifts[n] ?? 0) * half * 0.5}
          cy={y(sharpe)}
          r={3}
          className="fill-accent stroke-panel"
        >
          <title>{t("seedTold", { seed, sharpe: f.ratio(sharpe) })}</title>
        </circle>
      ))}
      {of.joined === null ? null : (
        <path
          d={`M${middle},${y(of.joined) - DIAMOND_PX}l${DIAMOND_PX},${DIAMOND_PX}l-${DIAMOND_PX},${DIAMOND_PX}l-${DIAMOND_PX},-${DIAMOND_PX}Z`}
          className="fill-text stroke-panel"
        >
          <title>{`${t("joinedMark")}: ${f.ratio(of.joined)}`}</title>
        </path>
      )}
    </g>
  );
}
