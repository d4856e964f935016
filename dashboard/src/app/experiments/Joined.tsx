"use client";
import type { Shape } from "@/api/client";
import { type Column, Table } from "@/components/Table";
import { Tag } from "@/components/Tag";
import { experiments } from "@/i18n/experiments";
import { useFormat, useText } from "@/lib/language";
import { Part } from "./Part";

type Seeds = Shape<"JoinedSeeds">;
type AtCosts = [string, Seeds["at_costs"][string]];

/** The seeds of each fold as one policy, how much of it may be luck, and whether it stands. */
export function Joined({ of }: { of: Seeds }) {
  const t = useText(experiments);
  const f = useFormat();
  const { statistics, conclusion } = of;
  const { rests_on } = conclusion;
  const columns: Column<AtCosts>[] = [
    { key: "costs", header: t("costs"), cell: ([multiple]) => multiple.replace("x", "×") },
    {
      key: "sharpe",
      header: t("sharpeAnnual"),
      kind: "number",
      cell: ([, { sharpe }]) => f.ratio(sharpe),
    },
    {
      key: "return",
      header: t("returnPercent"),
      kind: "number",
      cell: ([, { total_return }]) => f.percent(total_return, { sign: true }),
    },
  ];
  return (
    <Part title={t("joined")} flush>
      <Table
        label={t("joined")}
        columns={columns}
        rows={Object.entries(of.at_costs)}
        id={([multiple]) => multiple}
        narrow
      />
      <p className="flex flex-wrap items-center gap-2 px-4 pt-3">
        <Tag tone={conclusion.finding === "artefact" ? "bad" : "neutral"}>
          {t(conclusion.finding)}
        </Tag>
        {rests_on.length === 0 ? null : (
          <span className="text-muted">
            {t("restsOn", { n: rests_on.length, names: rests_on.join(", ") })}
          </span>
        )}
      </p>
      <p className="px-4 pt-2 text-muted">
        {t("joinedLuck", {
          n: statistics.trials,
          best: f.ratio(statistics.selection_benchmark),
          share: f.percent(statistics.deflated_sharpe, { unit: true, digits: 0 }),
        })}
      </p>
    </Part>
  );
}
