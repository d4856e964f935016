"use client";
import type { Shape } from "@/api/client";
import { type Column, Table } from "@/components/Table";
import { experiments } from "@/i18n/experiments";
import { useFormat, useText } from "@/lib/language";
import { Interval } from "./Interval";
import { isMetric, type Metric, useMetric } from "./metrics";

type Comparison = Shape<"ExperimentComparison">;
type Compared = Comparison["experiments"][number];

/** Metrics with their intervals, a column for each experiment; below, the differences to the first. */
export function ComparedMetrics({ told }: { told: Comparison }) {
  const t = useText(experiments);
  const { title, say } = useMetric();
  const metrics = Object.keys(told.experiments[0]?.metrics ?? {}).filter(isMetric);
  const columns: Column<Metric>[] = [
    { key: "metric", header: t("metric"), lead: true, cell: (metric) => title(metric) },
    ...told.experiments.map(({ name, metrics: own }) => ({
      key: name,
      header: name,
      kind: "number" as const,
      cell: (metric: Metric) => <Interval of={own[metric]} say={say(metric)} />,
    })),
  ];
  return (
    <section className="flex min-w-0 flex-col gap-4">
      <div>
        <h3 className="mb-2 font-medium">{t("metricsWithIntervals")}</h3>
        <div className="-mx-4">
          <Table
            label={t("metricsWithIntervals")}
            columns={columns}
            rows={metrics}
            id={(metric) => metric}
          />
        </div>
      </div>
      <AgainstFirst told={told} />
    </section>
  );
}

function AgainstFirst({ told }: { told: Comparison }) {
  const t = useText(experiments);
  const f = useFormat();
  const first = told.experiments[0]?.name ?? "";
  const signed = (value: number | null) => f.ratio(value, { sign: true });
  const columns: Column<Compared>[] = [
    { key: "name", header: t("name"), lead: true, cell: (row) => row.name },
    {
      key: "difference",
      header: t("sharpeDifference"),
      kind: "number",
      cell: ({ against_first: paired }) => (
        <Interval
          of={paired === null ? undefined : { value: paired.difference, ...paired.interval }}
          say={signed}
        />
      ),
    },
    {
      key: "ahead",
      header: t("aheadIn"),
      kind: "number",
      cell: ({ against_first: paired }) => f.percent(paired?.probability, { digits: 1 }),
    },
    {
      key: "p",
      header: t("pNotBetter"),
      kind: "number",
      cell: ({ against_first: paired }) => f.number(paired?.p_value, 3),
    },
    {
      key: "vote",
      header: t("vote"),
      cell: (row) => row.recommendation ?? "–",
    },
  ];
  const others = told.experiments.filter(({ against_first: paired }) => paired !== null);
  return (
    <div>
      <h3 className="mb-2 font-medium">{t("againstFirst", { name: first })}</h3>
      <div className="-mx-4">
        <Table
          label={t("againstFirst", { name: first })}
          columns={columns}
          rows={others}
          id={(row) => row.name}
        />
      </div>
    </div>
  );
}
