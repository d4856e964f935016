"use client";
import type { Shape } from "@/api/client";
import { Button } from "@/components/Button";
import { Frame, Panel } from "@/components/Panel";
import { experiments } from "@/i18n/experiments";
import { useFormat, useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { ComparedMetrics } from "./ComparedMetrics";
import { Differences } from "./Differences";
import { Overfitting } from "./Overfitting";
import { Part } from "./Part";
import { Lines } from "./plot/Lines";

type Comparison = Shape<"ExperimentComparison">;

interface CompareProps {
  names: readonly string[];
  onClear(): void;
}

/** Experiments side by side on the sessions that they share; the first is the reference. */
export function ComparePanel({ names, onClear }: CompareProps) {
  const t = useText(experiments);
  const found = useGet(
    "/v1/experiments/compare",
    { query: { name: [...names] } },
    { enabled: names.length > 1 },
  );
  const aside = (
    <Button look="quiet" className="h-7! px-2! text-xs!" onClick={onClear}>
      {t("clearCompare")}
    </Button>
  );
  if (names.length < 2) {
    return (
      <Frame title={t("comparison")} aside={aside}>
        <p className="text-muted">{t("oneMore", { name: names[0] ?? "" })}</p>
      </Frame>
    );
  }
  return (
    <Panel
      title={t("comparison")}
      query={found}
      aside={aside}
      skeleton={<div className="h-96 rounded-sm bg-raise" />}
    >
      {(told) => <Told told={told} />}
    </Panel>
  );
}

function Told({ told }: { told: Comparison }) {
  const t = useText(experiments);
  const f = useFormat();
  const names = told.experiments.map(({ name }) => name);
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-col gap-1">
        <p className="text-muted">
          {t("commonSessions", {
            n: told.sessions,
            start: f.date(told.first_session),
            end: f.date(told.last_session),
            looks: told.trials,
          })}
        </p>
        {told.notices.map((notice) => (
          <p key={notice} className="border-l-2 border-short pl-3">
            {notice}
          </p>
        ))}
      </div>
      <div className="grid gap-x-8 gap-y-6 lg:grid-cols-2">
        <Differences
          title={t("settingsThatDiffer")}
          names={names}
          of={told.parameters}
          none={t("noSettings")}
        />
        <Differences
          title={t("hashesThatDiffer")}
          names={names}
          of={told.hashes}
          none={t("noHashes")}
          hashes
        />
      </div>
      <ComparedMetrics told={told} />
      <div className="grid gap-x-8 gap-y-6 lg:grid-cols-[2fr_1fr]">
        <Part title={t("growth")}>
          <Lines
            label={t("curvesTold", {
              ends: told.experiments
                .map(({ name, growth }) => `${name} ${f.percent((growth.at(-1) ?? 1) - 1)}`)
                .join(", "),
            })}
            yTitle={t("returnPercent")}
            days={told.days}
            lines={told.experiments.map(({ name, growth }) => ({
              key: name,
              values: growth.map((value) => value - 1),
            }))}
          />
        </Part>
        <Overfitting found={told.overfitting} />
      </div>
    </div>
  );
}
