"use client";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Command } from "@/components/Command";
import { Time } from "@/components/Time";
import { proposals } from "@/i18n/proposals";
import { useNow } from "@/lib/clock";
import { useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { useSession } from "@/lib/session";
import type { Proposal } from "./checks";
import { StandingTag } from "./Marks";
import { approvalObstacle, standingOf, timeLeft, voteObstacle } from "./standing";
import { Verdict } from "./Verdict";
import { VoteDialog } from "./VoteDialog";
import { type Cast, useObstacleText } from "./vote";

/** What is asked, L4's verdict, the time that is left, and the two answers. */
export function Ask({ proposal }: { proposal: Proposal }) {
  const t = useText(proposals);
  const now = useNow();
  const standing = standingOf(proposal, now);
  return (
    <section className="flex flex-col gap-4 rounded-lg border border-line bg-panel p-4">
      <div className="flex flex-wrap items-start justify-between gap-4">
        <div className="flex min-w-0 flex-1 basis-96 flex-col gap-2">
          <Verdict proposal={proposal} />
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted">
            <StandingTag standing={standing} />
            <Decided proposal={proposal} now={now} />
            <span>
              {t("runBy", { who: proposal.created_by, experiment: proposal.experiment_name })}
            </span>
          </p>
        </div>
        {standing === "open" ? <Answers proposal={proposal} now={now} /> : null}
      </div>
      <Notices proposal={proposal} />
      {standing === "expired" ? <Over experiment={proposal.experiment_name} /> : null}
    </section>
  );
}

/** What a reader of the figures must know. */
function Notices({ proposal }: { proposal: Proposal }) {
  const notices = proposal.evidence.notices;
  if (!Array.isArray(notices) || notices.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1 border-t border-line pt-3 text-muted" lang="en">
      {notices.map((notice) => (
        <li key={String(notice)}>{String(notice)}</li>
      ))}
    </ul>
  );
}

/** How long there is to decide, or who decided what. */
function Decided({ proposal, now }: { proposal: Proposal; now: number }) {
  const t = useText(proposals);
  const standing = standingOf(proposal, now);
  if (standing === "open") {
    const left = timeLeft(proposal.expires_at, now);
    const words =
      left.days > 0 ? "leftDays" : left.hours > 0 ? "leftHours" : ("leftMinutes" as const);
    return (
      <span>
        <span className="font-medium text-text">{now === 0 ? "" : t(words, left)}</span>
        {" · "}
        <Time value={proposal.expires_at} shape="moment" />
      </span>
    );
  }
  if (standing === "expired") return <Time value={proposal.expires_at} shape="moment" />;
  return (
    <span>
      {t("by", { who: proposal.reviewer ?? "–" })}
      {proposal.reviewed_at ? (
        <>
          {", "}
          <Time value={proposal.reviewed_at} shape="moment" />
        </>
      ) : null}
      {proposal.comment ? <q className="ml-2 text-text">{proposal.comment}</q> : null}
    </span>
  );
}

function Over({ experiment }: { experiment: string }) {
  const t = useText(proposals);
  return (
    <p className="flex flex-wrap items-center gap-2 text-muted">
      {t("expiredText")}
      <Command of={`cambio experiment run ${experiment}`} />
    </p>
  );
}

/** The two buttons; what forbids one of them stands beside it. */
function Answers({ proposal, now }: { proposal: Proposal; now: number }) {
  const t = useText(proposals);
  const say = useObstacleText(proposal);
  const session = useSession();
  const deployments = useGet("/v1/deployments");
  const [casting, cast] = useState<Cast | null>(null);
  const trading = {
    champion: deployments.data?.champion?.model_id ?? null,
    challenger: deployments.data?.challenger?.model_id ?? null,
  };
  const any = voteObstacle(proposal, session, now);
  const approval = deployments.data === undefined ? null : approvalObstacle(proposal, trading);
  const unknown = deployments.data === undefined;
  return (
    <div className="flex flex-col items-end gap-2 max-sm:w-full max-sm:items-stretch">
      <div className="flex gap-2 max-sm:*:grow">
        <Button disabled={any !== null} aria-describedby="cant" onClick={() => cast("reject")}>
          {t("reject")}
        </Button>
        <Button
          look="primary"
          disabled={any !== null || approval !== null || unknown}
          aria-describedby="cant"
          onClick={() => cast("approve")}
        >
          {t("approve")}
        </Button>
      </div>
      <p id="cant" className="max-w-96 text-right text-muted max-sm:text-left">
        {any !== null
          ? t("cantVote", { why: say(any, trading) })
          : approval !== null
            ? t("cantApprove", { why: say(approval, trading) })
            : ""}
      </p>
      <VoteDialog
        proposal={proposal}
        cast={casting}
        champion={trading.champion}
        onClose={() => cast(null)}
      />
    </div>
  );
}
