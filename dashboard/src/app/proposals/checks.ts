import type { Shape } from "@/api/client";

export type Proposal = Shape<"ProposalDetail">;
export type Recommendation = Proposal["recommendation"];

interface Common {
  /** The metric's or the gate's name in the API. */
  name: string;
  /** Null where it is no number; that passes nothing. */
  value: number | null;
  threshold: number;
  passed: boolean;
  /** L4's recommendation had this one alone ended otherwise; null of proposals that don't say. */
  otherwise: Recommendation | null;
}
export interface Criterion extends Common {
  kind: "criterion";
  weight: number;
  atLeast: boolean;
}
export interface Gate extends Common {
  kind: "gate";
  /** L4's sentence: what was found and what would pass. English. */
  explanation: string;
  /** L4's sentence on what would have to change, where it failed. English. */
  remedy: string | null;
}
export type Check = Criterion | Gate;

const number = (value: unknown): number | null => (typeof value === "number" ? value : null);
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Read the criteria, then the gates, of a proposal; what is neither is left out. */
export function readChecks(proposal: Pick<Proposal, "criteria_results" | "remedies">): Check[] {
  const remedies = [...proposal.remedies];
  const rows: readonly Record<string, unknown>[] = proposal.criteria_results;
  return rows.flatMap((row): Check[] => {
    const common = {
      value: number(row.value),
      threshold: number(row.threshold) ?? 0,
      passed: row.passed === true,
      otherwise: (row.otherwise as Recommendation | undefined) ?? null,
    };
    if (row.kind === "criterion") {
      const atLeast = row.direction !== "lte";
      const weight = number(row.weight) ?? 0;
      return [{ ...common, kind: "criterion", name: text(row.metric), atLeast, weight }];
    }
    if (row.kind !== "gate") return [];
    // L4 tells one remedy for each failed gate, in their order.
    const remedy = common.passed ? null : (remedies.shift() ?? null);
    const explanation = text(row.explanation);
    return [{ ...common, kind: "gate", name: text(row.gate), explanation, remedy }];
  });
}

/** Share of the criteria's weight that passed, 0 to 1; null without criteria. */
export function scoreOf(checks: readonly Check[]): number | null {
  const criteria = checks.filter((check) => check.kind === "criterion");
  const all = criteria.reduce((sum, { weight }) => sum + weight, 0);
  if (all === 0) return null;
  const passed = criteria.reduce((sum, one) => sum + (one.passed ? one.weight : 0), 0);
  return Math.round((passed / all) * 1e12) / 1e12;
}

/** The side of its threshold that a check is not on: where it would end otherwise. */
export type OtherSide = "below" | "atMost" | "above" | "atLeast";

const STRICT = /^(stressed_return|beats_)/;
const NONE_ALLOWED: ReadonlySet<string> = new Set(["look_ahead", "configured_terms"]);

/** The bound that passes. */
export function boundOf(check: Check): "≥" | "≤" | ">" {
  if (check.kind === "criterion") return check.atLeast ? "≥" : "≤";
  if (NONE_ALLOWED.has(check.name)) return "≤";
  return STRICT.test(check.name) ? ">" : "≥";
}

export function otherSide(check: Check): OtherSide {
  const bound = boundOf(check);
  if (check.passed) return bound === "≥" ? "below" : bound === ">" ? "atMost" : "above";
  return bound === "≥" ? "atLeast" : bound === ">" ? "above" : "atMost";
}
