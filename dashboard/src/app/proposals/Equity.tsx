"use client";
import { useMemo } from "react";
import { Choice } from "@/components/Choice";
import { Empty, Frame, Panel } from "@/components/Panel";
import { proposals } from "@/i18n/proposals";
import { useFormat, useText } from "@/lib/language";
import type { Got } from "@/lib/query";
import { useUrlState } from "@/lib/url";
import type { Proposal } from "./checks";
import { type Band, Curves, type Line, type Look } from "./curves/Curves";
import { costsOf, type Evidence, isMissing, returns } from "./evidence";

const BASELINES: Record<string, Look> = { buy_and_hold: "dashed", sell_and_hold: "dotted" };

interface EquityProps {
  proposal: Proposal;
  evidence: Got<Evidence>;
}

/** What it earned over the test period, beside the champion, the baselines and chance. */
export function Equity({ proposal, evidence }: EquityProps) {
  const t = useText(proposals);
  const [chosen, choose] = useUrlState("costs", "x1");
  const tried = evidence.data === undefined ? [] : costsOf(evidence.data);
  const costs = tried.includes(chosen) ? chosen : "x1";
  if (isMissing(evidence)) {
    return (
      <Frame title={t("equity")}>
        <Empty
          text={t("noEvidence")}
          command={`cambio experiment run ${proposal.experiment_name}`}
        />
      </Frame>
    );
  }
  const options = tried.map((name) => [name, name.replace("x", "×")] as const);
  return (
    <Panel
      title={t("equity")}
      aside={
        <span className="flex items-center gap-2 text-xs text-muted">
          {t("costs")}
          <Choice label={t("costs")} options={options} value={costs} onChange={choose} />
        </span>
      }
      query={evidence}
      skeleton={<div className="h-72 rounded-md bg-raise sm:h-96" />}
      flush
    >
      {(found) => <Drawn found={found} costs={costs} against={proposal.vs_baseline.against} />}
    </Panel>
  );
}

function Drawn({ found, costs, against }: { found: Evidence; costs: string; against: unknown }) {
  const t = useText(proposals);
  const f = useFormat();
  const { lines, band } = useMemo(() => curvesOf(found, costs, t), [found, costs, t]);
  const named = typeof against === "string" && against !== "flat" ? ` ${against}` : "";
  const results = lines
    .map(({ title, values }) => `${title} ${f.percent(values.at(-1), { sign: true, unit: true })}`)
    .join(", ");
  const [start, end] = [found.days[0] ?? "", found.days.at(-1) ?? ""];
  const shown = lines.map((line) =>
    line.id === "champion" ? { ...line, title: line.title + named } : line,
  );
  return (
    <div className="flex flex-col gap-2 pb-3">
      <Curves
        label={t("curvesLabel", {
          from: f.date(start),
          to: f.date(end),
          costs: costs.replace("x", "×"),
          results,
        })}
        days={found.days}
        lines={shown}
        band={band}
        period={{ start, end, title: t("test", { n: found.days.length }) }}
      />
      <p className="px-4 text-xs text-muted">{t("atOwnCosts")}</p>
    </div>
  );
}

function curvesOf(
  found: Evidence,
  costs: string,
  t: (key: keyof typeof proposals, values?: Record<string, string | number>) => string,
): { lines: Line[]; band: Band | null } {
  const { champion, random } = found;
  const line = (id: string, title: string, look: Look, worths: readonly number[] | undefined) => ({
    id,
    title,
    look,
    values: returns(worths),
  });
  const lines = [
    line("policy", t("challenger"), "accent", found.policy[costs]),
    ...(champion ? [line("champion", t("champion"), "text", champion)] : []),
    ...Object.entries(BASELINES).flatMap(([name, look]) =>
      found.baselines[name]
        ? [line(name, t(name as "buy_and_hold"), look, found.baselines[name])]
        : [],
    ),
  ];
  const band =
    random.p5 && random.p95
      ? {
          title: t("band", { low: 5, high: 95 }),
          low: returns(random.p5),
          high: returns(random.p95),
        }
      : null;
  return { lines, band };
}
