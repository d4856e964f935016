"use client";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Empty, Frame } from "@/components/Panel";
import { type Column, Table } from "@/components/Table";
import { proposals } from "@/i18n/proposals";
import { NONE } from "@/lib/format";
import { useFormat, useText } from "@/lib/language";
import type { Proposal } from "./checks";
import { LEADING, type MetricRow, metricRows } from "./comparison";
import { figure, numberIn, recordIn } from "./figures";
import { useCheckName } from "./Verdict";
import { Whisker } from "./Whisker";

/** What was measured, how sure it is, and what the champion did over the same sessions. */
export function Metrics({ proposal }: { proposal: Proposal }) {
  const t = useText(proposals);
  const [all, setAll] = useState(false);
  const rows = metricRows(proposal);
  const against = proposal.vs_baseline.against;
  const versus = against !== "flat" && against !== undefined;
  if (rows.length === 0) {
    return (
      <Frame title={t("metrics")}>
        <Empty text={t("noMetrics")} />
      </Frame>
    );
  }
  return (
    <Frame title={t("metrics")} flush>
      <div className="flex flex-col gap-2 px-4 pb-3 text-muted">
        <Luck proposal={proposal} />
        {versus ? <Paired proposal={proposal} /> : <p>{t("noChampion")}</p>}
      </div>
      <Rows rows={all ? rows : rows.slice(0, LEADING)} versus={versus} proposal={proposal} />
      {rows.length > LEADING ? (
        <div className="border-t border-line p-2">
          <Button look="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
            {t(all ? "fewer" : "allMetrics", { n: rows.length })}
          </Button>
        </div>
      ) : null}
    </Frame>
  );
}

interface RowsProps {
  rows: readonly MetricRow[];
  versus: boolean;
  proposal: Proposal;
}

function Rows({ rows, versus, proposal }: RowsProps) {
  const t = useText(proposals);
  const f = useFormat();
  const nameOf = useCheckName();
  const level = levelOf(proposal);
  const range = (row: MetricRow) =>
    row.low === null || row.high === null
      ? NONE
      : t("fromTo", { from: figure(f, row.name, row.low), to: figure(f, row.name, row.high) });
  const columns: Column<MetricRow>[] = [
    {
      key: "metric",
      header: t("metric"),
      lead: true,
      cell: (row) => nameOf({ kind: "criterion", name: row.name }),
    },
    {
      key: "value",
      header: t("challenger"),
      kind: "number",
      cell: (row) => <span className="font-medium">{figure(f, row.name, row.value)}</span>,
    },
    {
      key: "interval",
      header: t("interval", { level: f.count(level * 100) }),
      kind: "number",
      cell: (row) => <span className="text-muted">{range(row)}</span>,
    },
    ...(versus
      ? ([
          {
            key: "champion",
            header: t("champion"),
            kind: "number",
            cell: (row) => figure(f, row.name, row.champion),
          },
          {
            key: "difference",
            header: t("difference"),
            kind: "number",
            cell: (row) =>
              row.value === null || row.champion === null
                ? NONE
                : signed(figure(f, row.name, row.value - row.champion)),
          },
        ] satisfies Column<MetricRow>[])
      : []),
  ];
  columns.push({
    key: "whisker",
    header: t("beside"),
    wide: true,
    grow: true,
    cell: ({ value, low, high, champion }) =>
      value === null || low === null || high === null ? null : (
        <Whisker value={value} low={low} high={high} other={champion} />
      ),
  });
  return <Table label={t("metrics")} columns={columns} rows={rows} id={(row) => row.name} />;
}

const signed = (text: string) => (/^[1-9]|^0[.,]0*[1-9]/.test(text) ? `+${text}` : text);

function levelOf({ evidence }: Proposal): number {
  const [first] = Object.values(recordIn(evidence, "intervals"));
  return numberIn(first as Record<string, unknown> | undefined, "level") ?? 0.95;
}

/** How much of it the number of looks explains. */
function Luck({ proposal }: { proposal: Proposal }) {
  const t = useText(proposals);
  const f = useFormat();
  const statistics = recordIn(proposal.evidence, "statistics");
  const trials = numberIn(statistics, "trials");
  if (trials === null) return null;
  const luck = f.ratio(numberIn(statistics, "selection_benchmark"));
  return <p>{t("trials", { trials: f.count(trials), luck })}</p>;
}

/** The paired comparison of Sharpe ratios. */
function Paired({ proposal }: { proposal: Proposal }) {
  const t = useText(proposals);
  const f = useFormat();
  const paired = recordIn(proposal.vs_baseline, "paired");
  const difference = numberIn(paired, "difference");
  if (difference === null) return null;
  const interval = recordIn(paired, "interval");
  return (
    <p>
      {t("paired", {
        sessions: f.count(numberIn(paired, "sessions")),
        difference: f.ratio(difference, { sign: true }),
        low: f.ratio(numberIn(interval, "low"), { sign: true }),
        high: f.ratio(numberIn(interval, "high"), { sign: true }),
        share: f.percent(numberIn(paired, "probability"), { unit: true, digits: 0 }),
      })}
    </p>
  );
}
