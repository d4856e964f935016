"use client";
import type { Shape } from "@/api/client";
import { Panel, Skeleton } from "@/components/Panel";
import { type Column, Table } from "@/components/Table";
import { Tag } from "@/components/Tag";
import { data as texts } from "@/i18n/data";
import { useFormat, useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { byUrgency, digits, type Series } from "./macro";

/** The newest value of each macro series, and whether it can still be used. */
export function MacroPanel({ quality }: { quality: Shape<"DataQuality"> | undefined }) {
  const t = useText(texts);
  const found = useGet("/v1/macro/freshness");
  const columns = useColumns(quality);
  const id = (row: Series) => row.series;
  return (
    <Panel
      title={t("macroTitle")}
      query={found}
      flush
      empty={{ when: ({ series }) => series.length === 0, text: t("macroNone") }}
      skeleton={<Skeleton rows={8} columns={7} />}
    >
      {({ series }) => {
        const sorted = byUrgency(series);
        const others = sorted.filter(({ critical }) => !critical);
        return (
          <>
            <Table
              label={t("macroTitle")}
              columns={columns}
              rows={sorted.filter(({ critical }) => critical)}
              id={id}
            />
            {others.length === 0 ? null : (
              <details className="border-t border-line">
                <summary className="px-4 py-2 text-xs text-muted hover:text-text">
                  {t("otherSeries", {
                    n: others.length,
                    fresh: others.filter(({ state }) => state === "fresh").length,
                  })}
                </summary>
                <Table label={t("otherTitle")} columns={columns} rows={others} id={id} />
              </details>
            )}
          </>
        );
      }}
    </Panel>
  );
}

function useColumns(quality: Shape<"DataQuality"> | undefined): Column<Series>[] {
  const t = useText(texts);
  const f = useFormat();
  const shares = quality?.macro.series.map((one) => [one.series, one.completeness] as const);
  const complete = new Map(shares);
  return [
    {
      key: "series",
      header: t("series"),
      lead: true,
      cell: (row) => <span className="font-medium">{row.series}</span>,
    },
    { key: "state", header: t("state"), cell: (row) => <State row={row} />, lead: true },
    {
      key: "value",
      header: t("lastValue"),
      kind: "number",
      cell: (row) => f.number(row.value, digits(row.value)),
    },
    {
      key: "unit",
      header: t("unit"),
      wide: true,
      cell: (row) => <span className="text-muted">{row.unit}</span>,
    },
    {
      key: "period",
      header: t("period"),
      kind: "number",
      cell: (row) => (row.period === null ? "–" : f.date(row.period)),
    },
    { key: "age", header: t("age"), kind: "number", cell: (row) => f.count(row.age_days) },
    {
      key: "limit",
      header: t("limit"),
      kind: "number",
      cell: (row) => f.count(row.limit_days),
    },
    {
      key: "complete",
      header: t("completeness"),
      kind: "number",
      cell: (row) => f.percent(complete.get(row.series), { digits: 0 }),
    },
    {
      key: "source",
      header: t("source"),
      wide: true,
      cell: (row) => <span className="whitespace-nowrap text-muted">{row.source}</span>,
    },
  ];
}

/** In words; loud only where features need what they can't have. */
function State({ row }: { row: Series }) {
  const t = useText(texts);
  const words = t(STATES[row.state]);
  if (row.state !== "fresh" && row.critical) return <Tag tone="bad">{words}</Tag>;
  return <span className="whitespace-nowrap text-muted">{words}</span>;
}

const STATES = { fresh: "fresh", stale: "overdue", none: "without" } as const;
