"use client";
import type { Shape } from "@/api/client";
import { Choice } from "@/components/Choice";
import { Tag } from "@/components/Tag";
import { Time } from "@/components/Time";
import { experiments } from "@/i18n/experiments";
import { useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { useUrlState } from "@/lib/url";
import { Checks } from "./Checks";
import { FoldPlot } from "./FoldPlot";
import { Folds, Stitched } from "./Folds";
import { Joined } from "./Joined";
import { Records } from "./Records";

const RUNS = 10;
export type Run = Shape<"WalkForward">;

/** What all seeds of a walk-forward did in every fold, and what follows from it. */
export function WalkForwardsPanel() {
  const t = useText(experiments);
  return (
    <Records
      title={t("walkForwards")}
      query={useGet("/v1/walk-forwards", { query: { limit: RUNS } })}
      param="run"
      label={t("run")}
      called={({ name }) => name}
      none={t("walkForwardsNone")}
      command="cambio experiment run walk_forward_v1"
    >
      {(run) => <Told run={run} />}
    </Records>
  );
}

function Told({ run }: { run: Run }) {
  const t = useText(experiments);
  const multiples = Object.keys(run.stitched);
  const [wanted, want] = useUrlState("costs", "x1");
  const multiple = multiples.includes(wanted) ? wanted : (multiples[0] ?? "x1");
  const seeds = new Set(run.cells.map(({ seed }) => seed)).size;
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="font-semibold">{run.experiment}</h3>
        <Tag tone={run.edge ? "good" : "neutral"}>{t(run.edge ? "edge" : "noEdge")}</Tag>
        <span className="text-muted">
          {t("foldsAndSeeds", { folds: run.folds.length, seeds })}
          {" · "}
          <Time value={run.created_at} shape="moment" />
        </span>
      </div>
      {run.notices.map((notice) => (
        <p key={notice} className="text-muted">
          {notice}
        </p>
      ))}
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-medium">{t("distribution")}</h3>
        <Choice
          label={t("costs")}
          options={multiples.map((one) => [one, one.replace("x", "×")])}
          value={multiple}
          onChange={want}
        />
      </div>
      <FoldPlot run={run} multiple={multiple} />
      <div className="grid gap-x-8 gap-y-6 lg:grid-cols-2">
        <Checks run={run} />
        <div className="flex min-w-0 flex-col gap-6">
          <Stitched run={run} />
          {run.ensemble ? <Joined of={run.ensemble} /> : null}
        </div>
      </div>
      <Folds run={run} multiple={multiple} />
      <p className="text-xs text-muted">
        {t("shares", {
          n: run.shares.cells,
          zero: run.shares.above_zero,
          hold: run.shares.above_buy_and_hold,
          random: run.shares.above_random,
        })}{" "}
        {t("looksTaken", { here: run.trials.here, all: run.trials.overlapping })}
      </p>
    </>
  );
}
