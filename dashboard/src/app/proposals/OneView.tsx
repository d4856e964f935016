"use client";
import { Page } from "@/components/Page";
import { Panel, Skeleton } from "@/components/Panel";
import { proposals } from "@/i18n/proposals";
import { useNow } from "@/lib/clock";
import { useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { Ask } from "./Ask";
import type { Proposal } from "./checks";
import { DataSeen } from "./DataSeen";
import { Equity } from "./Equity";
import { useEvidence } from "./evidence";
import { Gates } from "./Gates";
import { History } from "./History";
import { Lineage } from "./Lineage";
import { Metrics } from "./Metrics";
import { Profit } from "./Profit";
import { standingOf } from "./standing";

const MINUTE_MS = 60_000;

/** One proposal, in the order in which a sceptic reads. */
export function OneView({ id, onBack }: { id: string; onBack(): void }) {
  const t = useText(proposals);
  const found = useGet(
    "/v1/proposals/{proposal_id}",
    { path: { proposal_id: id } },
    { every: MINUTE_MS },
  );
  const evidence = useEvidence(id);
  const back = (
    <a
      href="/proposals/"
      className="text-muted hover:text-text"
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        onBack();
      }}
    >
      ← {t("back")}
    </a>
  );
  if (found.data === undefined) {
    return (
      <Page title={t("title")} aside={back}>
        <Panel title={id.slice(0, 8)} query={found} skeleton={<Skeleton rows={12} columns={3} />}>
          {() => null}
        </Panel>
      </Page>
    );
  }
  const proposal = found.data;
  return (
    <Page title={<Title proposal={proposal} />} aside={back}>
      <Ask proposal={proposal} />
      <Equity proposal={proposal} evidence={evidence} />
      <Gates proposal={proposal} />
      <Metrics proposal={proposal} />
      <Profit evidence={evidence} />
      <DataSeen proposal={proposal} evidence={evidence} />
      <Lineage proposal={proposal} />
      <History proposal={proposal} />
    </Page>
  );
}

/** What is asked; when it is decided, what was decided. */
function Title({ proposal }: { proposal: Proposal }) {
  const t = useText(proposals);
  const standing = standingOf(proposal, useNow());
  const { model_id: model, vs_baseline } = proposal;
  if (standing !== "open") return t(`${standing}Title`, { model });
  const { against } = vs_baseline;
  return typeof against === "string" && against !== "flat"
    ? t("askChallenger", { model, champion: against })
    : t("askChampion", { model });
}
