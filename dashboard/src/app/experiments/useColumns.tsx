"use client";
import type { Shape } from "@/api/client";
import type { Column } from "@/components/Table";
import { Tag } from "@/components/Tag";
import { Time } from "@/components/Time";
import { experiments } from "@/i18n/experiments";
import { useFormat, useText } from "@/lib/language";
import { isComparable } from "./filter";

type Row = Shape<"ExperimentRow">;
/** As many as the API compares. */
const MOST = 8;
const PROTOCOLS = { single_split: "single_split", walk_forward: "walk_forward" } as const;

/** Columns of the library; the first one also chooses what is compared. */
export function useColumns(
  compared: readonly string[],
  onCompare: (name: string) => void,
): Column<Row>[] {
  const t = useText(experiments);
  const f = useFormat();
  const protocol = (name: string | null) => {
    if (name === null) return <Tag tone="bad">{t("unreadable")}</Tag>;
    const known = PROTOCOLS[name as keyof typeof PROTOCOLS];
    return <span className="whitespace-nowrap">{known ? t(known) : name}</span>;
  };
  const box = (row: Row) => {
    const on = compared.includes(row.name);
    return (
      <input
        type="checkbox"
        aria-label={t("compareIt", { name: row.name })}
        title={isComparable(row) ? undefined : t("cantCompare")}
        checked={on}
        disabled={!on && (!isComparable(row) || compared.length >= MOST)}
        onClick={(event) => event.stopPropagation()}
        onChange={() => onCompare(row.name)}
        className="size-4 shrink-0 accent-accent disabled:opacity-30"
      />
    );
  };
  return [
    {
      key: "name",
      header: t("compareAndName"),
      lead: true,
      cell: (row) => (
        <span className="flex items-center gap-3 font-medium">
          {box(row)}
          {row.name}
        </span>
      ),
    },
    { key: "protocol", header: t("protocol"), wide: true, cell: (row) => protocol(row.protocol) },
    {
      key: "base",
      header: t("base"),
      wide: true,
      cell: (row) => <span className="whitespace-nowrap text-muted">{row.base ?? "–"}</span>,
    },
    {
      key: "asks",
      header: t("asks"),
      grow: true,
      wide: true,
      cell: (row) => (
        <span className="text-muted" title={row.description}>
          {row.description}
        </span>
      ),
    },
    {
      key: "sharpe",
      header: t("sharpe"),
      kind: "number",
      cell: (row) => f.ratio(row.last_run?.sharpe_ratio),
    },
    { key: "vote", header: t("vote"), cell: (row) => row.last_run?.vote ?? "–" },
    {
      key: "when",
      header: t("when"),
      kind: "number",
      cell: (row) =>
        row.last_run === null ? "–" : <Time value={row.last_run.when} shape="moment" />,
    },
  ];
}
