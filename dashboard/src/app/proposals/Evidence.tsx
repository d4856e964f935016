"use client";
import { Empty, Frame } from "@/components/Panel";
import { proposals } from "@/i18n/proposals";
import { useText } from "@/lib/language";
import type { Proposal } from "./checks";

export function Evidence({
  proposal,
  part,
}: {
  proposal: Proposal;
  part: "equity" | "profit" | "data";
}) {
  const t = useText(proposals);
  return (
    <Frame title={t(part)}>
      <Empty text={t("noEvidence")} command={`cambio experiment run ${proposal.experiment_name}`} />
    </Frame>
  );
}
