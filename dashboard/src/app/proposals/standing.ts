import type { Shape } from "@/api/client";
import type { SessionState } from "@/lib/session";

export type Summary = Shape<"ProposalSummary">;
/** Where a proposal stands; a pending one is over when its time is, whether or not a job has run. */
export type Standing = "open" | "expired" | "approved" | "rejected";

export function standingOf(proposal: Summary, now: number): Standing {
  if (proposal.status === "APPROVED") return "approved";
  if (proposal.status === "REJECTED") return "rejected";
  const over = now > 0 && now >= new Date(proposal.expires_at).getTime();
  return proposal.is_open && !over ? "open" : "expired";
}

export type Obstacle =
  | "closed"
  | "role"
  | "author"
  | "authorUnknown"
  | "isReject"
  | "challengerRuns"
  | "isChampion"
  | "otherChampion";

/** What is known to forbid every vote of who is logged in. The server may know more: who made
 * whose token. */
export function voteObstacle(
  proposal: Summary,
  { account, role }: Pick<SessionState, "account" | "role">,
  now: number,
): Obstacle | null {
  if (standingOf(proposal, now) !== "open") return "closed";
  if (role !== "approver") return "role";
  if (proposal.created_by === "unknown") return "authorUnknown";
  return proposal.created_by === account ? "author" : null;
}

export interface Trading {
  champion: string | null;
  challenger: string | null;
}

/** What forbids an approval beside that. */
export function approvalObstacle(
  proposal: Pick<Shape<"ProposalDetail">, "recommendation" | "model_id" | "vs_baseline">,
  { champion, challenger }: Trading,
): Obstacle | null {
  if (proposal.recommendation === "REJECT") return "isReject";
  if (champion === proposal.model_id) return "isChampion";
  if (proposal.vs_baseline.against !== (champion ?? "flat")) return "otherChampion";
  return challenger === null ? null : "challengerRuns";
}

/** Days and hours, hours and minutes, or minutes that are left; none is negative. */
export function timeLeft(until: string, now: number): { days: number; hours: number; min: number } {
  const minutes = Math.max(0, Math.floor((new Date(until).getTime() - now) / 60_000));
  return {
    days: Math.floor(minutes / 1440),
    hours: Math.floor((minutes % 1440) / 60),
    min: minutes % 60,
  };
}
