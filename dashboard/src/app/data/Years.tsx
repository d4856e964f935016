"use client";
import { type Column, Table } from "@/components/Table";
import { data as texts } from "@/i18n/data";
import { useFormat, useText } from "@/lib/language";
import { byYear, type Day, type Year } from "./calendar";

/** The calendar in figures: a row for each year. */
export function Years({ days }: { days: readonly Day[] }) {
  const t = useText(texts);
  const f = useFormat();
  const columns: Column<Year>[] = [
    { key: "year", header: t("year"), cell: (row) => row.year, lead: true },
    { key: "n", header: t("sessions"), kind: "number", cell: (row) => f.count(row.sessions) },
    { key: "full", header: t("fullSessions"), kind: "number", cell: (row) => f.count(row.full) },
    { key: "gone", header: t("missingBars"), kind: "number", cell: (row) => f.count(row.missing) },
    {
      key: "share",
      header: t("missingShare"),
      kind: "number",
      cell: (row) => f.percent(row.expected === 0 ? null : row.missing / row.expected),
    },
    {
      key: "close",
      header: t("closeShare"),
      kind: "number",
      cell: (row) => f.percent(row.stored === 0 ? null : row.closeOnly / row.stored),
    },
  ];
  return (
    <details className="-mx-4">
      <summary className="px-4 pb-2 text-xs text-muted hover:text-text">{t("byYear")}</summary>
      <Table label={t("byYear")} columns={columns} rows={byYear(days)} id={(row) => row.year} />
    </details>
  );
}
