"use client";
import { api, data } from "@/api/client";
import { proposals } from "@/i18n/proposals";
import { useText } from "@/lib/language";
import { useChange } from "@/lib/query";
import { useSession } from "@/lib/session";
import type { Proposal } from "./checks";
import type { Obstacle, Trading } from "./standing";

export type Cast = "approve" | "reject";

/** What a vote touches: the proposal, the models and who trades. */
const TOUCHES = ["/v1/proposals", "/v1/models", "/v1/champion", "/v1/deployments", "/v1/audit"];

/** Send a vote. */
export function useVote(id: string) {
  return useChange(({ cast, comment }: { cast: Cast; comment: string }) => {
    const asked = { params: { path: { proposal_id: id } }, body: { comment } };
    return data(
      cast === "approve"
        ? api.POST("/v1/proposals/{proposal_id}/approve", asked)
        : api.POST("/v1/proposals/{proposal_id}/reject", asked),
    );
  }, TOUCHES);
}

/** Say in words what forbids a vote. */
export function useObstacleText(proposal: Proposal) {
  const t = useText(proposals);
  const { account, role } = useSession();
  return (obstacle: Obstacle, { champion, challenger }: Trading): string => {
    if (obstacle === "author") return t("authorObstacle", { account });
    if (obstacle === "role") return t("role", { account, role });
    if (obstacle === "challengerRuns") return t(obstacle, { challenger: challenger ?? "–" });
    if (obstacle === "otherChampion") {
      const against = String(proposal.vs_baseline.against ?? "flat");
      return t(obstacle, {
        against: against === "flat" ? t("flat") : against,
        champion: champion ?? t("nobody"),
      });
    }
    return t(obstacle);
  };
}
