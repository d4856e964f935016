"use client";
import type { Shape } from "@/api/client";
import { Panel, Skeleton } from "@/components/Panel";
import { type Column, Table } from "@/components/Table";
import { Time } from "@/components/Time";
import { experiments } from "@/i18n/experiments";
import { useFormat, useText } from "@/lib/language";
import { useGet } from "@/lib/query";

type Look = Shape<"Look">;
const ROWS = 50;

/** Every recorded look at a test period: each makes the next gate stricter. */
export function TrialsPanel() {
  const t = useText(experiments);
  const f = useFormat();
  const found = useGet("/v1/trials", { query: { limit: ROWS } });
  const columns: Column<Look>[] = [
    { key: "model", header: t("model"), cell: (row) => row.model_id, lead: true },
    {
      key: "experiment",
      header: t("name"),
      cell: (row) => <span className="text-muted">{row.experiment}</span>,
      grow: true,
    },
    {
      key: "window",
      header: t("window"),
      cell: (row) => `${f.date(row.window.start)} – ${f.date(row.window.end)}`,
    },
    {
      key: "sharpe",
      header: t("sharpe"),
      kind: "number",
      cell: (row) => f.ratio(row.sharpe_ratio),
    },
    {
      key: "when",
      header: t("when"),
      cell: (row) => <Time value={row.when} shape="moment" />,
    },
  ];
  return (
    <Panel
      title={t("trials")}
      query={found}
      flush
      empty={{
        when: ({ items }) => items.length === 0,
        text: t("trialsNone"),
        command: "cambio trials",
      }}
      skeleton={<Skeleton rows={4} columns={5} />}
    >
      {({ items }) => (
        <Table
          label={t("trials")}
          columns={columns}
          rows={items}
          id={(row) => `${row.model_id} ${row.when} ${row.window.start}`}
        />
      )}
    </Panel>
  );
}
