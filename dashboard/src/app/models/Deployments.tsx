"use client";
import Link from "next/link";
import { api, data, type Shape } from "@/api/client";
import { Frame, Panel, Skeleton } from "@/components/Panel";
import { type Column, Table } from "@/components/Table";
import { Tag, type Tone } from "@/components/Tag";
import { Time } from "@/components/Time";
import { models } from "@/i18n/models";
import { useFormat, useText } from "@/lib/language";
import type { Got } from "@/lib/query";
import { Act, useNextBar } from "./Act";
import type { Stale } from "./CapitalPanel";
import type { Report } from "./permits";

type Deployment = Shape<"Deployment">;

interface PanelOf {
  query: Got<Report>;
  staleSince: Stale;
}

/** Models that decide and hold nothing. */
export function ShadowsPanel({ query, staleSince }: PanelOf) {
  const t = useText(models);
  const columns: Column<Deployment>[] = [
    { key: "model", header: t("model"), cell: (row) => <Name id={row.model_id} />, lead: true },
    {
      key: "started",
      header: t("started"),
      cell: (row) => <Time value={row.started_at} shape="moment" />,
    },
    { key: "by", header: t("by"), cell: (row) => row.started_by, grow: true },
    { key: "stop", header: t("stop"), kind: "number", cell: (row) => <Stop id={row.model_id} /> },
  ];
  return (
    <Panel
      title={t("shadows")}
      query={query}
      staleSince={staleSince}
      empty={{
        when: ({ shadows }) => shadows.length === 0,
        text: t("noShadow"),
        command: 'cambio deploy start MODEL_ID --shadow --comment "…"',
      }}
      flush
    >
      {({ shadows }) => (
        <Table
          label={t("shadows")}
          columns={columns}
          rows={shadows}
          id={(row) => row.deployment_id}
        />
      )}
    </Panel>
  );
}

export function Stop({ id }: { id: string }) {
  const t = useText(models);
  const bar = useNextBar();
  const send = (comment: string) =>
    data(
      api.POST("/v1/deployments/shadows/{model_id}/stop", {
        params: { path: { model_id: id } },
        body: { comment },
      }),
    );
  return (
    <Act
      label={t("stop")}
      name={t("stopOf", { model: id })}
      title={t("stopTitle", { model: id })}
      action={t("stopAction")}
      needs="operator"
      refusal={null}
      send={send}
    >
      {t("stopText", { bar })}
    </Act>
  );
}

/** A model's name, which opens it. */
export function Name({ id }: { id: string }) {
  return (
    <Link href={`/models/?id=${encodeURIComponent(id)}`} className="font-medium hover:underline">
      {id}
    </Link>
  );
}

const TONES: Partial<Record<Deployment["status"], Tone>> = { PROMOTED: "good" };

/** Deployments that ended, and why. */
export function EndedPanel({ query, staleSince }: PanelOf) {
  const t = useText(models);
  const f = useFormat();
  const columns: Column<Deployment>[] = [
    { key: "model", header: t("model"), cell: (row) => <Name id={row.model_id} />, lead: true },
    { key: "role", header: t("role"), cell: (row) => t(row.role) },
    {
      key: "outcome",
      header: t("outcome"),
      cell: (row) => <Tag tone={TONES[row.status]}>{t(row.status)}</Tag>,
    },
    {
      key: "share",
      header: t("share"),
      kind: "number",
      cell: (row) => f.percent(row.share, { digits: 0 }),
    },
    {
      key: "ended",
      header: t("endedAt"),
      cell: (row) => (row.ended_at === null ? "–" : <Time value={row.ended_at} shape="moment" />),
    },
    { key: "by", header: t("by"), cell: (row) => row.ended_by ?? "–" },
    {
      key: "why",
      header: t("why"),
      cell: (row) => <span className="block min-w-56 whitespace-normal">{row.reason ?? "–"}</span>,
    },
  ];
  return (
    <Panel
      title={t("ended")}
      query={query}
      staleSince={staleSince}
      empty={{ when: ({ ended }) => ended.length === 0, text: t("noEnded") }}
      skeleton={<Skeleton rows={4} columns={6} />}
      flush
    >
      {({ ended }) => (
        <Table label={t("ended")} columns={columns} rows={ended} id={(row) => row.deployment_id} />
      )}
    </Panel>
  );
}

/** Models that should trade and do not pass the load gate; nothing where there are none. */
export function RefusedPanel({ refused }: { refused: Report["refused"] }) {
  const t = useText(models);
  const rows = Object.entries(refused);
  if (rows.length === 0) return null;
  return (
    <Frame title={<span className="text-bad">{t("refused")}</span>}>
      <ul className="flex flex-col gap-1">
        {rows.map(([model, why]) => (
          <li key={model}>
            <Name id={model} /> <span className="text-muted">{String(why)}</span>
          </li>
        ))}
      </ul>
    </Frame>
  );
}
