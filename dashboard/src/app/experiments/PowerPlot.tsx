"use client";
import { Choice } from "@/components/Choice";
import { type Column, Table } from "@/components/Table";
import { experiments } from "@/i18n/experiments";
import { useFormat, useText } from "@/lib/language";
import { useUrlState } from "@/lib/url";
import type { Calibration } from "./Gate";
import { Legend } from "./plot/Legend";
import { STROKES } from "./plot/Lines";
import { Plot } from "./plot/Plot";
import { type Curve, curvesOf, holdings } from "./power";

const HOLDS = { "a session": "aSession", "a third of a session": "aThird" } as const;

/** How often a real edge is promoted, by its size. */
export function PowerPlot({ told }: { told: Calibration }) {
  const t = useText(experiments);
  const f = useFormat();
  const all = holdings(told.power);
  const [wanted, want] = useUrlState("holds", all[0] ?? "");
  const curves = curvesOf(told.power, all.includes(wanted) ? wanted : (all[0] ?? ""));
  const edges = curves[0]?.points.map(({ edge }) => edge) ?? [];
  const named = (curve: Curve) => t("curve", { n: curve.sessions, look: curve.look });
  const word = (holds: string) => (holds in HOLDS ? t(HOLDS[holds as keyof typeof HOLDS]) : holds);
  const of = (n: number) => STROKES[n % STROKES.length] ?? STROKES[0];
  const columns: Column<number>[] = [
    { key: "edge", header: t("trueShort"), kind: "number", cell: (edge) => f.ratio(edge) },
    ...curves.map((curve) => ({
      key: curve.key,
      header: t("curveShort", { n: curve.sessions, look: curve.look }),
      kind: "number" as const,
      cell: (edge: number) => f.percent(rateAt(curve, edge), { digits: 1 }),
    })),
  ];
  return (
    <section className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-medium">{t("power")}</h3>
        <Choice
          label={t("heldFor")}
          options={all.map((holds) => [holds, word(holds)])}
          value={all.includes(wanted) ? wanted : (all[0] ?? "")}
          onChange={want}
        />
      </div>
      <Plot
        label={t("powerTold")}
        height={280}
        x={[Math.min(0, ...edges), Math.max(1, ...edges)]}
        y={[0, 1]}
        xTicks={edges.map((at) => ({ at, text: f.number(at, 1) }))}
        yFormat={(value) => f.percent(value, { digits: 0 })}
        yTitle={t("promotedPercent")}
        xTitle={t("trueSharpe")}
      >
        {({ x, y }) =>
          curves.map(({ key, points }, n) => (
            <g key={key} className={of(n).stroke}>
              <path
                d={`M${points.map(({ edge, promoted }) => `${x(edge)},${y(promoted.rate ?? 0)}`).join("L")}`}
                strokeWidth={1.5}
                strokeDasharray={points[0]?.look === 1 ? undefined : "5 3"}
                className="fill-none"
              />
              {points.map(({ edge, promoted }) => (
                <line
                  key={edge}
                  x1={x(edge)}
                  x2={x(edge)}
                  y1={y(promoted.interval[0])}
                  y2={y(promoted.interval[1])}
                  strokeWidth={3}
                  opacity={0.5}
                />
              ))}
            </g>
          ))
        }
      </Plot>
      <Legend
        items={curves.map((curve, n) => ({
          key: curve.key,
          mark: curve.look === 1 ? "line" : "dashed",
          color: of(n).color,
          text: named(curve),
        }))}
      />
      <details>
        <summary className="text-xs text-muted hover:text-text">{t("asTable")}</summary>
        <div className="-mx-4 pt-2">
          <Table label={t("power")} columns={columns} rows={edges} id={(edge) => edge} />
        </div>
      </details>
    </section>
  );
}

const rateAt = ({ points }: Curve, edge: number) =>
  points.find((point) => point.edge === edge)?.promoted.rate;
