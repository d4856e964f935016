"use client";
import type { Shape } from "@/api/client";
import { Hash } from "@/components/Hash";
import { Panel, Skeleton } from "@/components/Panel";
import { type Column, Table } from "@/components/Table";
import { Tag } from "@/components/Tag";
import { Time } from "@/components/Time";
import { auditNames } from "@/i18n/proposal-terms";
import { proposals } from "@/i18n/proposals";
import { type Catalogue, say } from "@/lib/catalogue";
import { NONE } from "@/lib/format";
import { useLanguage, useText } from "@/lib/language";
import { useStaleSince } from "@/lib/live";
import { useGet } from "@/lib/query";
import type { Proposal } from "./checks";
import { recordIn } from "./figures";

type Entry = Shape<"AuditEntry">;
const NAMES: Catalogue = auditNames;
const MOST = 100;
const FINDINGS = 10;

/** Who did what with the proposal and its model, and whether the record of it is whole. */
export function History({ proposal }: { proposal: Proposal }) {
  const t = useText(proposals);
  const staleSince = useStaleSince();
  const query = (subject: string) => ({ query: { subject, limit: MOST } });
  const ofProposal = useGet("/v1/audit", query(proposal.proposal_id));
  const ofModel = useGet("/v1/audit", query(proposal.model_id));
  const about = (items: readonly Entry[]) => {
    const exact = (ofModel.data?.items ?? []).filter(
      ({ subject }) => subject === proposal.model_id,
    );
    return [...items, ...exact].sort((a, b) => b.seq - a.seq);
  };
  return (
    <Panel
      title={t("history")}
      aside={<ChainMark />}
      query={ofProposal}
      staleSince={staleSince}
      empty={{ when: ({ items }) => items.length === 0, text: t("noHistory") }}
      skeleton={<Skeleton rows={3} columns={4} />}
      flush
    >
      {({ items }) => (
        <>
          <Findings />
          <Entries rows={about(items)} />
        </>
      )}
    </Panel>
  );
}

function Entries({ rows }: { rows: readonly Entry[] }) {
  const t = useText(proposals);
  const language = useLanguage();
  const columns: Column<Entry>[] = [
    { key: "seq", header: "#", kind: "number", wide: true, cell: (row) => row.seq },
    {
      key: "when",
      header: t("when"),
      lead: true,
      cell: (row) => (row.time === null ? NONE : <Time value={row.time} shape="moment" />),
    },
    {
      key: "who",
      header: t("who"),
      cell: (row) => <span className="font-medium">{row.actor}</span>,
    },
    {
      key: "what",
      header: t("what"),
      cell: (row) => (NAMES[row.action] ? say(NAMES[row.action] as never, language) : row.action),
    },
    {
      key: "said",
      header: t("said"),
      grow: true,
      cell: (row) => <span title={commentOf(row)}>{commentOf(row) || NONE}</span>,
    },
    {
      key: "chain",
      header: t("chain"),
      cell: (row) => (
        <span className={row.sealed ? "text-muted" : "font-medium text-bad"}>
          {t(row.sealed ? "sealed" : "unsealed")}
        </span>
      ),
    },
  ];
  return <Table label={t("history")} columns={columns} rows={rows} id={(row) => row.seq} />;
}

/** What was said with it: a vote's comment, or the reason why a deployment ended. */
function commentOf({ data }: Entry): string {
  const after = recordIn(data, "after");
  const found = after.comment ?? after.reason;
  return typeof found === "string" ? found : "";
}

/** What is wrong with the audit log, in its own words. */
function Findings() {
  const t = useText(proposals);
  const findings = useGet("/v1/audit/verify").data?.findings ?? [];
  if (findings.length === 0) return null;
  return (
    <div role="alert" className="flex flex-col gap-1 px-4 pb-3">
      <p className="text-bad">{t("findings")}</p>
      <ul className="list-disc pl-5 text-muted" lang="en">
        {findings.slice(0, FINDINGS).map(({ seq, what }) => (
          <li key={`${seq} ${what}`}>{what}</li>
        ))}
      </ul>
    </div>
  );
}

/** Whether the whole audit log is as it was written. */
function ChainMark() {
  const t = useText(proposals);
  const found = useGet("/v1/audit/verify");
  if (found.data === undefined) {
    return found.error ? <Tag tone="bad">{t("chainUnknown")}</Tag> : null;
  }
  const { passed, rows, findings, head } = found.data;
  return (
    <span className="flex flex-wrap items-center gap-3">
      {head ? (
        <span className="text-xs text-muted max-sm:hidden">
          {t("head")} <Hash value={head} length={16} />
        </span>
      ) : null}
      <Tag tone={passed ? "good" : "bad"}>
        {passed ? t("chainWhole", { rows }) : t("chainBroken", { n: findings.length })}
      </Tag>
    </span>
  );
}
