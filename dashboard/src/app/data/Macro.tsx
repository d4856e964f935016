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
  const f = useFormat();
  const found = useGet("/v1/macro/freshness");
  const complete = new Map(
    quality?.macro.series.map(({ series, completeness }) => [series, completeness]),
  );
  const columns: Column<Series>[] = [
    {
      key: "series",
      header: t("series"),
      lead: true,
      cell: (row) => (
        <>
          <span className="font-medium">{row.series}</span>{" "}
          {row.critical ? <span className="text-xs text-faint">{t("critical")}</span> : null}
        </>
      ),
    },
    { key: "state", header: t("state"), cell: (row) => <State row={row} /> },
    {
      key: "value",
      header: t("lastValue"),
      kind: "number",
      cell: (row) => f.number(row.value, digits(row.value)),
    },
    {
      key: "unit",
      header: t("unit"),
      cell: (row) => <span className="text-muted">{row.unit}</span>,
    },
    {
      key: "period",
      header: t("period"),
      kind: "number",
      cell: (row) => (row.period === null ? "–" : f.date(row.period)),
    },
    { key: "age", header: t("age"), kind: "number", cell: (row) => f.count(row.age_days) },
    { key: "limit", header: t("limit"), kind: "number", cell: (row) => f.count(row.limit_days) },
    {
      key: "complete",
      header: t("completeness"),
      kind: "number",
      cell: (row) => f.percent(complete.get(row.series), { digits: 0 }),
    },
    {
      key: "source",
      header: t("source"),
      cell: (row) => <span className="whitespace-nowrap text-muted">{row.source}</span>,
    },
  ];
  return (
    <Panel
      title={t("macroTitle")}
      query={found}
      flush
      empty={{ when: ({ series }) => series.length === 0, text: t("macroNone") }}
      skeleton={<Skeleton rows={8} columns={7} />}
    >
      {({ series }) => (
        <Table
          label={t("macroTitle")}
          columns={columns}
          rows={byUrgency(series)}
          id={(row) => row.series}
        />
      )}
    </Panel>
  );
}

/** In words; loud only where features need what they can't have. */
function State({ row }: { row: Series }) {
  const t = useText(texts);
  const words = t(STATES[row.state]);
  if (row.state !== "fresh" && row.critical) return <Tag tone="bad">{words}</Tag>;
  return <span className="whitespace-nowrap text-muted">{words}</span>;
}

const STATES = { fresh: "fresh", stale: "overdue", none: "without" } as const;
