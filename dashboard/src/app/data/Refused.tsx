"use client";
import type { Shape } from "@/api/client";
import { type Column, Table } from "@/components/Table";
import { Tag } from "@/components/Tag";
import { Time } from "@/components/Time";
import { refusals, data as texts } from "@/i18n/data";
import { useText } from "@/lib/language";

export type RefusedRow = Shape<"RefusedRow">;

/** Refused rows with why, and what became of them. */
export function Refused(props: {
  rows: readonly RefusedRow[];
  chosen: ReadonlySet<number>;
  /** Null: nothing may be chosen. */
  onChoose: ((id: number) => void) | null;
}) {
  const { rows, chosen, onChoose } = props;
  const t = useText(texts);
  const columns: Column<RefusedRow>[] = [
    {
      key: "row",
      header: t("row"),
      lead: true,
      cell: (row) => (
        <span className="flex items-center gap-2 whitespace-nowrap">
          {row.resolution === null && onChoose !== null ? (
            <input
              type="checkbox"
              aria-label={t("choose", { row: row.key })}
              checked={chosen.has(row.id)}
              onChange={() => onChoose(row.id)}
              className="size-4 shrink-0 accent-accent"
            />
          ) : null}
          {row.key}
        </span>
      ),
    },
    { key: "kind", header: t("kind"), cell: (row) => t(row.kind) },
    { key: "reason", header: t("reason"), cell: (row) => <Why reason={row.reason} /> },
    {
      key: "detail",
      header: t("detail"),
      grow: true,
      cell: (row) => (
        <span className="text-muted" title={row.detail}>
          {row.detail}
        </span>
      ),
    },
    {
      key: "source",
      header: t("source"),
      wide: true,
      cell: (row) => <span className="whitespace-nowrap text-muted">{row.source}</span>,
    },
    { key: "came", header: t("came"), cell: (row) => <Time value={row.created_at} shape="day" /> },
    { key: "state", header: t("state"), cell: (row) => <State row={row} /> },
  ];
  return <Table label={t("quarantine")} columns={columns} rows={rows} id={(row) => row.id} />;
}

function Why({ reason }: { reason: string }) {
  const t = useText(refusals);
  return (
    <span className="whitespace-nowrap">
      {reason in refusals ? t(reason) : reason.replaceAll("_", " ")}
    </span>
  );
}

function State({ row }: { row: RefusedRow }) {
  const t = useText(texts);
  if (row.resolution === null) {
    return row.content === null ? (
      <span title={t("hasNoPlace")} className="text-muted">
        {t("onlyDrop")}
      </span>
    ) : (
      <Tag>{t("waits")}</Tag>
    );
  }
  return (
    <span className="whitespace-nowrap" title={row.comment ?? undefined}>
      {t(row.resolution)}{" "}
      <span className="text-muted">{t("byWhom", { who: row.resolved_by ?? "–" })}</span>
    </span>
  );
}
