import type { Shape } from "@/api/client";

export type Report = Shape<"DeploymentReport">;
type Proposal = Shape<"ProposalSummary">;
type AuditEntry = Shape<"AuditEntry">;

/** Why something can't be done, as texts of the catalogue say it; null: it can. */
export type Refusal =
  | "isChampion"
  | "isChallenger"
  | "isShadow"
  | "oneAtATime"
  | "noChampion"
  | "needsVote"
  | "noFormer"
  | "nobodyChallenges"
  | null;

/** What a model does now. */
export function roleOf(model: string, report: Report): "champion" | "challenger" | "shadow" | null {
  if (report.champion?.model_id === model) return "champion";
  if (report.challenger?.model_id === model) return "challenger";
  return report.shadows.some((one) => one.model_id === model) ? "shadow" : null;
}

export function whyNoShadow(model: string, report: Report): Refusal {
  const role = roleOf(model, report);
  if (role === "champion") return "isChampion";
  if (role === "challenger") return "isChallenger";
  return role === "shadow" ? "isShadow" : null;
}

/** @param proposals all of the model's; null: not all are known, so that the server has to say. */
export function whyNoChallenger(
  model: string,
  report: Report,
  proposals: readonly Proposal[] | null,
): Refusal {
  const role = roleOf(model, report);
  if (role === "champion") return "isChampion";
  if (role === "challenger") return "isChallenger";
  if (report.champion === null) return "noChampion";
  if (report.challenger !== null) return "oneAtATime";
  return proposals === null || newestVote(proposals) === "APPROVED" ? null : "needsVote";
}

function newestVote(proposals: readonly Proposal[]): Proposal["status"] | undefined {
  return proposals
    .filter(({ reviewed_at }) => reviewed_at !== null)
    .sort((a, b) => Date.parse(b.reviewed_at ?? "") - Date.parse(a.reviewed_at ?? ""))[0]?.status;
}

/** Who becomes champion by a rollback without a challenger: the archived model that ceased to be
 * it last, as the audit log tells. `undefined`: the part that is known doesn't say.
 *
 * @param entries newest first. @param archived ids. @param complete whether these are all entries.
 */
export function formerChampion(
  entries: readonly AuditEntry[],
  archived: ReadonlySet<string>,
  complete: boolean,
): string | null | undefined {
  const found = entries.find(
    ({ action, subject }) => action === "model:retired" && archived.has(subject),
  );
  return found?.subject ?? (complete ? null : undefined);
}
