"use client";
import type { Shape } from "@/api/client";
import { Hash } from "@/components/Hash";
import { Panel, Skeleton } from "@/components/Panel";
import { type Column, Table } from "@/components/Table";
import { Tag } from "@/components/Tag";
import { Time } from "@/components/Time";
import { data as texts } from "@/i18n/data";
import { useFormat, useText } from "@/lib/language";
import { type Got, useGet } from "@/lib/query";

/** How each provider has answered. */
export function SourcesPanel({ quality }: { quality: Got<Shape<"DataQuality">> }) {
  const t = useText(texts);
  const f = useFormat();
  const columns: Column<Shape<"SourceQuality">>[] = [
    { key: "source", header: t("source"), cell: (row) => row.source, lead: true },
    { key: "n", header: t("requests"), kind: "number", cell: (row) => f.count(row.requests) },
    { key: "bad", header: t("failures"), kind: "number", cell: (row) => f.count(row.failures) },
    {
      key: "rate",
      header: t("errorRate"),
      kind: "number",
      cell: (row) => f.percent(row.error_rate),
    },
    {
      key: "last",
      header: t("lastFailure"),
      kind: "number",
      cell: (row) =>
        row.last_failure === null ? "–" : <Time value={row.last_failure} shape="moment" />,
    },
  ];
  return (
    <Panel
      title={t("sources")}
      query={quality}
      flush
      empty={{
        when: ({ sources }) => sources.length === 0,
        text: t("sourcesNone"),
        command: "cambio macro update",
      }}
      skeleton={<Skeleton rows={2} columns={5} />}
    >
      {({ sources }) => (
        <Table label={t("sources")} columns={columns} rows={sources} id={(row) => row.source} />
      )}
    </Panel>
  );
}

const SESSIONS = 8;

/** Whether live's features were those of the stored bars, session by session. */
export function ParityPanel() {
  const t = useText(texts);
  const f = useFormat();
  const checks = useGet("/v1/parity", { query: { limit: SESSIONS } });
  const columns: Column<Shape<"ParityCheck">>[] = [
    { key: "day", header: t("session"), cell: (row) => f.date(row.session), lead: true },
    {
      key: "result",
      header: t("result"),
      lead: true,
      cell: (row) =>
        row.difference === null ? (
          <Tag tone="good">{t("same")}</Tag>
        ) : (
          <Tag tone="bad">
            <span title={JSON.stringify(row.difference)}>{t("differs")}</span>
          </Tag>
        ),
    },
    { key: "bars", header: t("bars"), kind: "number", cell: (row) => f.count(row.bars) },
    {
      key: "spec",
      header: t("spec"),
      cell: (row) => <Hash value={row.feature_spec_hash} length={8} />,
    },
  ];
  return (
    <Panel
      title={t("parity")}
      query={checks}
      flush
      empty={{
        when: ({ items }) => items.length === 0,
        text: t("parityNone"),
        command: "cambio live",
      }}
      skeleton={<Skeleton rows={3} columns={4} />}
    >
      {({ items }) => (
        <Table
          label={t("parity")}
          columns={columns}
          rows={items}
          id={(row) => `${row.session} ${row.feature_spec_hash}`}
        />
      )}
    </Panel>
  );
}
