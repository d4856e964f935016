"use client";
import { useState } from "react";
import { Confirm } from "@/components/Confirm";
import { common } from "@/i18n/common";
import { proposals } from "@/i18n/proposals";
import { useText } from "@/lib/language";
import type { Proposal } from "./checks";
import { type Cast, useVote } from "./vote";

interface VoteDialogProps {
  proposal: Proposal;
  /** Which vote is asked about; null: none. */
  cast: Cast | null;
  champion: string | null;
  onClose(): void;
}

/** Says what a vote will do, takes the comment and sends it once. */
export function VoteDialog({ proposal, cast, champion, onClose }: VoteDialogProps) {
  const t = useText(proposals);
  const c = useText(common);
  const vote = useVote(proposal.proposal_id);
  const [last, setLast] = useState<Cast>("approve"); // its words stay while the dialog closes
  if (cast !== null && cast !== last) setLast(cast);
  const approves = last === "approve";
  const close = () => {
    vote.reset();
    onClose();
  };
  return (
    <Confirm
      open={cast !== null}
      danger={!approves}
      title={t(approves ? "approveTitle" : "rejectTitle", { model: proposal.model_id })}
      action={t(approves ? "approveAction" : "rejectAction")}
      comment={c("comment")}
      pending={vote.isPending || vote.isSuccess}
      problem={vote.error}
      onConfirm={(comment) => vote.mutate({ cast: last, comment }, { onSuccess: close })}
      onClose={close}
    >
      <div className="flex flex-col gap-2">
        <p>
          {!approves
            ? t("rejectText")
            : champion === null
              ? t("approveAlone")
              : t("approveBeside", { champion })}
        </p>
        {approves && proposal.recommendation === "REVIEW" ? (
          <p className="text-text">{t("approveReview")}</p>
        ) : null}
        <p>{t("voteOnce")}</p>
      </div>
    </Confirm>
  );
}
