"use client";
import Link from "next/link";
import type { ReactNode } from "react";
import { api, data, type Shape } from "@/api/client";
import { Figure, Figures } from "@/components/Figure";
import { Empty, Frame, Panel, Skeleton } from "@/components/Panel";
import { Tag, type Tone } from "@/components/Tag";
import { Time } from "@/components/Time";
import { metricNames, models } from "@/i18n/models";
import { useFormat, useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { Act, useNextBar } from "./Act";
import { Stop } from "./Deployments";
import { Lineage } from "./Lineage";
import { type MetricName, written } from "./metrics";
import { type Report, roleOf, whyNoChallenger, whyNoShadow } from "./permits";
import { Stage } from "./RegistryPanel";

type Model = Shape<"ModelDetail">;

/** One model: what it was made from, how it did, who voted on it, and what it may do now. */
export function ModelPanel({ id, report }: { id: string; report: Report | undefined }) {
  const t = useText(models);
  const model = useGet("/v1/models/{model_id}", { path: { model_id: id } }, { enabled: id !== "" });
  const found = useGet("/v1/proposals", { query: { limit: 500 } });
  if (id === "") {
    return (
      <Frame title={t("details")}>
        <Empty text={t("pick")} />
      </Frame>
    );
  }
  const own = found.data?.items.filter(({ model_id }) => model_id === id) ?? [];
  const all = found.data?.next_cursor === null;
  return (
    <Panel
      title={id}
      aside={model.data ? <Stage model={model.data} /> : null}
      query={model}
      skeleton={<Skeleton rows={12} columns={2} />}
    >
      {(shown) => (
        <div className="flex flex-col gap-5">
          <Dates model={shown} />
          {report === undefined ? null : (
            <Acts id={id} report={report} proposals={all ? own : null} />
          )}
          <Part title={t("proposals")}>
            <Proposals proposals={own} />
          </Part>
          <Part title={t("lineage")}>
            <Lineage lineage={{ model_hash: shown.model_hash, ...shown.lineage }} />
          </Part>
          <Part title={t("metrics")}>
            <Metrics metrics={shown.metrics} />
          </Part>
        </div>
      )}
    </Panel>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-2">
      <h3 className="text-xs font-medium text-muted">{title}</h3>
      {children}
    </div>
  );
}

function Dates({ model }: { model: Model }) {
  const t = useText(models);
  const day = (time: string | null) =>
    time === null ? (
      <span className="font-normal text-muted">{t("never")}</span>
    ) : (
      <span className="text-sm">
        <Time value={time} shape="moment" />
      </span>
    );
  return (
    <Figures>
      <Figure label={t("registered")} note={model.experiment_name}>
        {day(model.created_at)}
      </Figure>
      <Figure label={t("approved")} note={model.approved_by}>
        {day(model.approved_at)}
      </Figure>
      <Figure label={t(model.is_active ? "promoted" : "onceChampion")}>
        {day(model.promoted_at)}
      </Figure>
    </Figures>
  );
}

interface ActsProps {
  id: string;
  report: Report;
  proposals: readonly Shape<"ProposalSummary">[] | null;
}

function Acts({ id, report, proposals }: ActsProps) {
  const t = useText(models);
  const bar = useNextBar();
  const start = (shadow: boolean) => (comment: string) =>
    data(api.POST("/v1/deployments", { body: { model_id: id, shadow, comment } }));
  const champion = report.champion?.model_id ?? "–";
  return (
    <div className="flex flex-wrap gap-x-4 gap-y-2">
      <Act
        label={t("start")}
        title={t("startTitle", { model: id })}
        action={t("startAction")}
        needs="operator"
        refusal={whyNoChallenger(id, report, proposals)}
        told
        send={start(false)}
      >
        {t("startText", { bar, champion })}
      </Act>
      {roleOf(id, report) === "shadow" ? (
        <Stop id={id} />
      ) : (
        <Act
          label={t("watch")}
          title={t("watchTitle", { model: id })}
          action={t("watchAction")}
          needs="operator"
          refusal={whyNoShadow(id, report)}
          send={start(true)}
        >
          {t("watchText", { bar })}
        </Act>
      )}
    </div>
  );
}

const TONES: Partial<Record<Shape<"ProposalStatus">, Tone>> = {
  APPROVED: "good",
  PENDING_APPROVAL: "accent",
};

function Proposals({ proposals }: { proposals: readonly Shape<"ProposalSummary">[] }) {
  const t = useText(models);
  if (proposals.length === 0) return <p className="text-muted">{t("noProposal")}</p>;
  return (
    <ul className="flex flex-col gap-1.5">
      {proposals.map((one) => (
        <li key={one.proposal_id} className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link
            href={`/proposals/?id=${encodeURIComponent(one.proposal_id)}`}
            className="font-medium text-accent hover:underline"
          >
            {one.recommendation}
          </Link>
          <Tag tone={TONES[one.status]}>{t(one.status)}</Tag>
          <span className="text-muted">
            {one.reviewer === null ? null : `${one.reviewer}, `}
            <Time value={one.reviewed_at ?? one.created_at} shape="moment" />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Metrics({ metrics }: { metrics: Model["metrics"] }) {
  const t = useText(models);
  const f = useFormat();
  const rows = Object.entries(metrics);
  const title = useText(metricNames);
  if (rows.length === 0) return <p className="text-muted">{t("noMetrics")}</p>;
  return (
    <dl className="grid gap-x-8 sm:grid-cols-2">
      {rows.map(([name, value]) => (
        <div key={name} className="flex justify-between gap-4 border-b border-line py-1">
          <dt className="text-muted">
            {Object.hasOwn(metricNames, name) ? title(name as MetricName) : name}
          </dt>
          <dd>{written(name, value, f)}</dd>
        </div>
      ))}
    </dl>
  );
}
