"use client";
import { type Column, Table } from "@/components/Table";
import { experiments } from "@/i18n/experiments";
import { useFormat, useText } from "@/lib/language";
import type { AbTest } from "./AbTests";
import { Interval } from "./Interval";
import { isMetric, useMetric } from "./metrics";

type Variant = AbTest["variants"][number];

/** Both sides of an A/B test: each the mean of its seeds. */
export function Variants({ test }: { test: AbTest }) {
  const t = useText(experiments);
  const f = useFormat();
  const { title, say } = useMetric();
  const asked = Object.keys(test.variants[0]?.secondary ?? {}).filter(isMetric);
  const columns: Column<Variant>[] = [
    { key: "name", header: t("variant"), lead: true, cell: (row) => <b>{row.name}</b> },
    {
      key: "experiment",
      header: t("name"),
      cell: (row) => <span className="whitespace-nowrap text-muted">{row.experiment}</span>,
    },
    {
      key: "share",
      header: t("capitalShare"),
      kind: "number",
      cell: (row) => f.percent(row.traffic, { digits: 0 }),
    },
    {
      key: "sharpe",
      header: title("sharpe_ratio"),
      kind: "number",
      cell: (row) => <Interval of={row.metrics.sharpe_ratio} say={say("sharpe_ratio")} />,
    },
    ...asked.map((metric) => ({
      key: metric,
      header: title(metric),
      kind: "number" as const,
      cell: (row: Variant) => <Interval of={row.secondary[metric]} say={say(metric)} />,
    })),
    {
      key: "seeds",
      header: t("seedSharpes"),
      kind: "number",
      cell: (row) => row.seeds.map(({ sharpe_ratio }) => f.ratio(sharpe_ratio)).join("  "),
    },
  ];
  const { paired } = test;
  return (
    <div className="-mx-4">
      <Table label={t("variants")} columns={columns} rows={test.variants} id={(row) => row.name} />
      <p className="px-4 pt-2 text-xs text-muted">
        {t("pairedTold", {
          difference: f.ratio(paired.difference, { sign: true }),
          low: f.ratio(paired.interval.low, { sign: true }),
          high: f.ratio(paired.interval.high, { sign: true }),
          p:
            paired.p_value !== null && paired.p_value < 0.001
              ? `< ${f.number(0.001, 3)}`
              : f.number(paired.p_value, 3),
        })}
      </p>
    </div>
  );
}
