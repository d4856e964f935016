"use client";
import type { Shape } from "@/api/client";
import { Failure, Panel } from "@/components/Panel";
import { Pick } from "@/components/Pick";
import { type Column, Table } from "@/components/Table";
import { Tag } from "@/components/Tag";
import { data as texts } from "@/i18n/data";
import { useFormat, useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { useUrlState } from "@/lib/url";
import { Histogram } from "./Histogram";
import { loudFirst } from "./histogram";

type Histograms = Shape<"DriftHistograms">;
type Feature = Histograms["features"][number];

/** Each feature's values in training and in the last sessions; loud where they drifted. */
export function DriftPanel() {
  const t = useText(texts);
  const champion = useGet("/v1/deployments").data?.champion?.model_id;
  const readings = useGet("/v1/drift", { query: { limit: 200 } });
  const models = [...new Set(readings.data?.items.map(({ model_id }) => model_id))];
  const [wanted, want] = useUrlState("model");
  const model = [wanted, champion].find((one) => models.includes(one ?? "")) ?? models[0];
  const found = useGet(
    "/v1/drift/histograms",
    { query: { model_id: model ?? null } },
    { enabled: model !== undefined },
  );
  return (
    <Panel
      title={t("drift")}
      query={readings}
      empty={{ when: () => models.length === 0, text: t("driftNone"), command: "cambio live" }}
      skeleton={<div className="h-64 rounded-sm bg-raise" />}
      aside={
        models.length === 0 ? null : (
          <Pick
            label={t("model")}
            value={model ?? ""}
            options={models.map((one) => [one, one])}
            onChange={want}
          />
        )
      }
    >
      {() => <DriftOf found={found} />}
    </Panel>
  );
}

function DriftOf({ found }: { found: ReturnType<typeof useGet<"/v1/drift/histograms">> }) {
  if (found.error) return <Failure problem={found.error} retry={() => found.refetch()} />;
  if (found.data === undefined) return <div aria-busy="true" className="h-64" />;
  return <Told told={found.data} />;
}

function Told({ told }: { told: Histograms }) {
  const t = useText(texts);
  const f = useFormat();
  const features = loudFirst(told.features);
  const loud = features.filter(({ alert }) => alert).length;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-muted">
        <p>
          {t("driftCount", {
            n: loud,
            all: features.length,
            sessions: told.sessions,
            day: f.date(told.session),
          })}
        </p>
        <ul className="flex gap-x-4 text-xs">
          <Key look="fill-faint/40" text={t("trainingRows", { n: f.count(told.training_rows) })} />
          <Key look="fill-none stroke-text" text={t("liveBars", { n: f.count(told.live_bars) })} />
        </ul>
      </div>
      <ul className="grid grid-cols-2 gap-x-6 gap-y-6 sm:grid-cols-3 lg:grid-cols-5">
        {features.map((one) => (
          <li key={one.feature}>
            <Histogram of={one} />
          </li>
        ))}
      </ul>
      <AsTable features={features} />
    </div>
  );
}

function Key({ look, text }: { look: string; text: string }) {
  return (
    <li className="flex items-center gap-1.5">
      <svg viewBox="0 0 10 10" aria-hidden="true" className="size-2.5">
        <rect x={1} y={1} width={8} height={8} strokeWidth={1.5} className={look} />
      </svg>
      {text}
    </li>
  );
}

function AsTable({ features }: { features: readonly Feature[] }) {
  const t = useText(texts);
  const f = useFormat();
  const columns: Column<Feature>[] = [
    { key: "feature", header: t("feature"), lead: true, cell: (row) => row.feature },
    { key: "ks", header: t("distance"), kind: "number", cell: (row) => f.number(row.ks, 3) },
    { key: "p", header: t("pValue"), kind: "number", cell: (row) => f.number(row.p_value, 4) },
    {
      key: "state",
      header: t("state"),
      cell: (row) =>
        row.alert ? <Tag tone="bad">{t("drifted")}</Tag> : <span>{t("asTrained")}</span>,
    },
  ];
  return (
    <details>
      <summary className="text-xs text-muted hover:text-text">{t("asTable")}</summary>
      <div className="-mx-4 pt-2">
        <Table label={t("drift")} columns={columns} rows={features} id={(row) => row.feature} />
      </div>
    </details>
  );
}
