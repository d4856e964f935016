"use client";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Choice } from "@/components/Choice";
import { Page } from "@/components/Page";
import { Panel, Skeleton } from "@/components/Panel";
import { type Column, Table } from "@/components/Table";
import { Time } from "@/components/Time";
import { proposals } from "@/i18n/proposals";
import { useNow } from "@/lib/clock";
import { useFormat, useText } from "@/lib/language";
import { useStaleSince } from "@/lib/live";
import { useGet } from "@/lib/query";
import { useUrlState } from "@/lib/url";
import { Recommended, StandingTag } from "./Marks";
import { type Summary, standingOf } from "./standing";

const PART = 50;
const MOST = 500;
const STATUSES = {
  all: undefined,
  open: "PENDING_APPROVAL",
  approved: "APPROVED",
  rejected: "REJECTED",
  expired: "EXPIRED",
} as const;
type Status = keyof typeof STATUSES;

/** All proposals, newest first; those of one status if asked. */
export function ListView({ onOpen }: { onOpen(id: string): void }) {
  const t = useText(proposals);
  const [chosen, choose] = useUrlState("status", "all");
  const [limit, setLimit] = useState(PART);
  const staleSince = useStaleSince();
  const status: Status = chosen in STATUSES ? (chosen as Status) : "all";
  const now = useNow();
  const found = useGet("/v1/proposals", { query: { status: STATUSES[status], limit } });
  const options = (Object.keys(STATUSES) as Status[]).map((name) => [name, t(name)] as const);
  return (
    <Page
      title={t("title")}
      aside={
        <Choice label={t("statusFilter")} options={options} value={status} onChange={choose} />
      }
    >
      <Panel
        title={t(status)}
        query={found}
        staleSince={staleSince}
        empty={{
          when: ({ items }) => items.length === 0,
          text: t(status === "all" ? "none" : "noneOfStatus"),
          ...(status === "all" ? { command: "cambio experiment run baseline_ppo_v1" } : {}),
        }}
        skeleton={<Skeleton rows={6} columns={6} />}
        flush
      >
        {({ items, next_cursor }) => (
          <>
            <Rows rows={items} now={now} onOpen={onOpen} />
            {next_cursor !== null && limit < MOST ? (
              <div className="p-3">
                <Button onClick={() => setLimit(MOST)}>{t("more")}</Button>
              </div>
            ) : null}
          </>
        )}
      </Panel>
    </Page>
  );
}

interface RowsProps {
  rows: readonly Summary[];
  now: number;
  onOpen(id: string): void;
}

function Rows({ rows, now, onOpen }: RowsProps) {
  const t = useText(proposals);
  const f = useFormat();
  const columns: Column<Summary>[] = [
    {
      key: "model",
      header: t("model"),
      lead: true,
      cell: (row) => (
        <a
          href={`/proposals/?id=${encodeURIComponent(row.proposal_id)}`}
          className="font-medium text-text hover:text-accent"
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return event.stopPropagation();
            event.preventDefault();
          }}
        >
          {row.model_id}
        </a>
      ),
    },
    {
      key: "status",
      header: t("status"),
      cell: (row) => <StandingTag standing={standingOf(row, now)} />,
    },
    { key: "vote", header: t("vote"), cell: (row) => <Recommended by={row.recommendation} /> },
    {
      key: "confidence",
      header: t("confidenceHeader"),
      kind: "number",
      cell: (row) => f.percent(row.confidence, { digits: 1 }),
    },
    { key: "experiment", header: t("experiment"), cell: (row) => row.experiment_name },
    { key: "author", header: t("author"), cell: (row) => row.created_by },
    {
      key: "made",
      header: t("made"),
      wide: true,
      cell: (row) => <Time value={row.created_at} shape="moment" />,
    },
    {
      key: "until",
      header: t("until"),
      cell: (row) => <Time value={row.expires_at} shape="day" />,
    },
    { key: "reviewer", header: t("decidedBy"), cell: (row) => row.reviewer ?? "–" },
  ];
  return (
    <Table
      label={t("title")}
      columns={columns}
      rows={rows}
      id={(row) => row.proposal_id}
      onOpen={(row) => onOpen(row.proposal_id)}
    />
  );
}
