"use client";
import type { Shape } from "@/api/client";
import { Panel, Skeleton } from "@/components/Panel";
import { type Column, Table } from "@/components/Table";
import { experiments } from "@/i18n/experiments";
import { useText } from "@/lib/language";
import { useGet } from "@/lib/query";

type Change = Shape<"Change">;

/** What an experiment changes of the one that it stands on. */
export function ChangesPanel({ name }: { name: string }) {
  const t = useText(experiments);
  const found = useGet("/v1/experiments/{name}", { path: { name } });
  const said = (value: unknown) => <code className="font-mono">{JSON.stringify(value)}</code>;
  const columns: Column<Change>[] = [
    { key: "key", header: t("key"), cell: (row) => row.key, lead: true },
    { key: "before", header: t("before"), cell: (row) => said(row.base) },
    { key: "own", header: t("own"), cell: (row) => said(row.own), grow: true },
  ];
  return (
    <Panel
      title={t("changes", { name })}
      query={found}
      flush
      empty={{ when: ({ changes }) => changes.length === 0, text: t("changesNone") }}
      skeleton={<Skeleton rows={3} columns={3} />}
    >
      {({ changes }) => (
        <Table
          label={t("changes", { name })}
          columns={columns}
          rows={changes}
          id={(row) => row.key}
        />
      )}
    </Panel>
  );
}
