"use client";
import type { Shape } from "@/api/client";
import { Choice } from "@/components/Choice";
import { ModelId } from "@/components/ModelId";
import { Panel, Skeleton } from "@/components/Panel";
import { type Column, Table } from "@/components/Table";
import { Tag, type Tone } from "@/components/Tag";
import { Time } from "@/components/Time";
import { models } from "@/i18n/models";
import { useFormat, useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { useUrlState } from "@/lib/url";
import type { Stale } from "./CapitalPanel";
import { figure } from "./metrics";

type Model = Shape<"ModelSummary">;
const STAGES = ["staging", "canary", "production", "archived"] as const;
const ROWS = 500;

interface RegistryProps {
  staleSince: Stale;
  chosen: string;
  onOpen(model: string): void;
}

/** All registered models, or those of one stage. */
export function RegistryPanel({ staleSince, chosen, onOpen }: RegistryProps) {
  const t = useText(models);
  const [wanted, want] = useUrlState("stage", "every");
  const stage = STAGES.find((one) => one === wanted) ?? null;
  const registry = useGet("/v1/models", { query: { stage, limit: ROWS } });
  const columns = useColumns();
  const options = (["every", ...STAGES] as const).map((one) => [one, t(one)] as const);
  return (
    <Panel
      title={
        <>
          {t("registry")}
          {registry.data?.next_cursor == null ? null : (
            <span className="font-normal text-faint"> {t("newest", { n: ROWS })}</span>
          )}
        </>
      }
      aside={
        <Choice label={t("stage")} options={options} value={stage ?? "every"} onChange={want} />
      }
      query={registry}
      staleSince={staleSince}
      empty={{
        when: ({ items }) => items.length === 0,
        text: t(stage === null ? "noModel" : "noneInStage"),
        command: stage === null ? "cambio train" : undefined,
      }}
      skeleton={<Skeleton rows={8} columns={6} />}
      flush
    >
      {({ items }) => (
        <Table
          label={t("registry")}
          columns={columns}
          rows={items}
          id={(row) => row.model_id}
          chosen={chosen}
          onOpen={(row) => onOpen(row.model_id)}
        />
      )}
    </Panel>
  );
}

function useColumns(): Column<Model>[] {
  const t = useText(models);
  const f = useFormat();
  return [
    {
      key: "model",
      header: t("model"),
      cell: (row) => <ModelId id={row.model_id} className="font-medium sm:max-w-52" />,
      lead: true,
    },
    { key: "stage", header: t("stage"), cell: (row) => <Stage model={row} /> },
    {
      key: "experiment",
      header: t("experiment"),
      cell: (row) => <span className="text-muted">{row.experiment_name}</span>,
      grow: true,
      wide: true,
    },
    {
      key: "sharpe",
      header: t("sharpe"),
      kind: "number",
      cell: (row) => f.ratio(figure(row.metrics, "sharpe_ratio")),
    },
    {
      key: "return",
      header: t("totalReturn"),
      kind: "number",
      cell: (row) => f.percent(figure(row.metrics, "total_return"), { sign: true }),
    },
    {
      key: "drawdown",
      header: t("drawdown"),
      kind: "number",
      cell: (row) => f.percent(figure(row.metrics, "max_drawdown")),
    },
    {
      key: "registered",
      header: t("registered"),
      cell: (row) => <Time value={row.created_at} shape="moment" />,
    },
  ];
}

const TONES: Record<Model["stage"], Tone> = {
  staging: "neutral",
  canary: "long",
  production: "accent",
  archived: "neutral",
};

/** Where a model stands; the champion is named so. */
export function Stage({ model }: { model: Pick<Model, "stage" | "is_active"> }) {
  const t = useText(models);
  return (
    <Tag tone={TONES[model.stage]}>
      {model.is_active ? t("champion").toLowerCase() : t(model.stage)}
    </Tag>
  );
}
