"use client";
import type { Shape } from "@/api/client";
import { type Column, Table } from "@/components/Table";
import { Tag } from "@/components/Tag";
import { experiments } from "@/i18n/experiments";
import { useFormat, useText } from "@/lib/language";
import { Part } from "./Part";
import type { Run } from "./WalkForwards";

type Check = Shape<"VerdictCheck">;

const RIVALS = {
  flat: "flat",
  "buy and hold": "buyAndHold",
  "sell and hold": "sellAndHold",
  "the 95th percentile of random traders": "random95Long",
} as const;

/** What the verdict rests on: all of it has to hold. */
export function Checks({ run }: { run: Run }) {
  const t = useText(experiments);
  const f = useFormat();
  const rule = ({ rule: name, rival }: Check) => {
    if (rival === "") return t(name === "seeds" ? "ruleSeeds" : "ruleQuartile");
    const known = RIVALS[rival as keyof typeof RIVALS];
    return t("ruleRival", { rival: known ? t(known) : rival });
  };
  const number = (row: Check, value: number) =>
    row.rule === "seeds" ? f.count(value) : f.ratio(value);
  const columns: Column<Check>[] = [
    {
      key: "rule",
      header: t("rule"),
      lead: true,
      cell: (row) => (
        <span title={row.explanation} className="whitespace-normal">
          {rule(row)}
        </span>
      ),
    },
    { key: "is", header: t("is"), kind: "number", cell: (row) => number(row, row.value) },
    {
      key: "above",
      header: t("hasToBe"),
      kind: "number",
      cell: (row) => `${row.rule === "seeds" ? "≥" : ">"} ${number(row, row.threshold)}`,
    },
    {
      key: "passed",
      header: t("result"),
      cell: (row) => (
        <Tag tone={row.passed ? "good" : "neutral"}>{t(row.passed ? "holds" : "fails")}</Tag>
      ),
    },
  ];
  return (
    <Part title={t("verdictChecks")} flush>
      <Table
        label={t("verdictChecks")}
        columns={columns}
        rows={run.checks}
        id={(row) => row.rule}
      />
    </Part>
  );
}
