"use client";
import type { Shape } from "@/api/client";
import { type Column, Table } from "@/components/Table";
import { experiments, gateRules } from "@/i18n/experiments";
import { useFormat, useText } from "@/lib/language";
import type { Calibration } from "./Gate";
import { Part } from "./Part";

type Rate = Shape<"PromotionRate">;
type False = Shape<"FalsePromotions">;
type Campaign = Shape<"CampaignRates">;

/** The ceiling of the gate's own criterion. */
const MOST = 0.1;

function useShare() {
  const f = useFormat();
  return (rate: Rate | undefined) =>
    rate === undefined || rate.rate === null
      ? "–"
      : `${f.percent(rate.rate, { digits: 1 })} (${f.percent(rate.interval[0], { digits: 1 })}–${f.percent(rate.interval[1], { digits: 1 })})`;
}

/** A rate with its interval on a scale up to ten percent. */
function Bar({ of }: { of: Rate }) {
  const at = (value: number) => `${Math.min(1, value / MOST) * 100}%`;
  if (of.rate === null) return null;
  const [low, high] = of.interval;
  return (
    <svg aria-hidden="true" className="inline-block h-2.5 w-24 overflow-visible align-middle">
      <line x1="0" x2="100%" y1="5" y2="5" className="stroke-line" />
      <line x1="50%" x2="50%" y1="0" y2="10" className="stroke-faint" strokeDasharray="2 2" />
      <line x1={at(low)} x2={at(high)} y1="5" y2="5" strokeWidth={3} className="stroke-muted" />
      <circle cx={at(of.rate)} cy="5" r="3" className="fill-text" />
    </svg>
  );
}

/** How often policies without edge, and those that just break even, were promoted. */
export function FalsePromotions({ told }: { told: Calibration }) {
  const t = useText(experiments);
  const f = useFormat();
  const share = useShare();
  const columns: Column<False>[] = [
    { key: "name", header: t("policies"), cell: (row) => row.name, lead: true },
    { key: "n", header: t("votes"), kind: "number", cell: (row) => f.count(row.promoted.runs) },
    {
      key: "rate",
      header: t("promotedShare"),
      kind: "number",
      cell: (row) => share(row.promoted),
    },
    { key: "bar", header: t("upToTen"), wide: true, cell: (row) => <Bar of={row.promoted} /> },
  ];
  return (
    <Part flush title={t("falsePromotions")}>
      <Table
        label={t("falsePromotions")}
        columns={columns}
        rows={[...told.false_promotions, ...told.break_even]}
        id={(row) => row.name}
      />
    </Part>
  );
}

/** What one sees who proposes policy after policy on the same window. */
export function Campaigns({ told }: { told: Calibration }) {
  const t = useText(experiments);
  const share = useShare();
  const rate = (key: "proposals" | "first" | "last" | "campaigns", header: string) => ({
    key,
    header,
    kind: "number" as const,
    cell: (row: Campaign) => share(row[key]),
  });
  const columns: Column<Campaign>[] = [
    {
      key: "family",
      header: t("policies"),
      lead: true,
      cell: (row) => t("campaign", { n: row.length, family: row.family, sessions: row.sessions }),
    },
    rate("proposals", t("perProposal")),
    rate("first", t("firstOne")),
    rate("last", t("lastOne")),
    rate("campaigns", t("seesOne")),
  ];
  return (
    <Part flush title={t("campaigns")}>
      <Table
        label={t("campaigns")}
        columns={columns}
        rows={told.campaigns}
        id={(row) => `${row.family} ${row.sessions}`}
      />
    </Part>
  );
}

/** Which of the gate's conditions stop policies without edge. */
export function StoppedBy({ told }: { told: Calibration }) {
  const t = useText(experiments);
  const f = useFormat();
  const say = useText(gateRules);
  const families = Object.keys(told.stopped_by);
  const rules = Object.keys(told.stopped_by[families[0] ?? ""] ?? {});
  const columns: Column<string>[] = [
    {
      key: "rule",
      header: t("failsShare"),
      lead: true,
      cell: (rule) => (rule in gateRules ? say(rule) : rule),
    },
    ...families.map((family) => ({
      key: family,
      header: family,
      kind: "number" as const,
      cell: (rule: string) => f.percent(told.stopped_by[family]?.[rule]?.rate, { digits: 1 }),
    })),
  ];
  return (
    <Part flush title={t("stoppedBy")}>
      <Table label={t("stoppedBy")} columns={columns} rows={rules} id={(rule) => rule} />
    </Part>
  );
}
