"use client";
import { gateNames, metricNames } from "@/i18n/proposal-terms";
import { proposals } from "@/i18n/proposals";
import type { Catalogue } from "@/lib/catalogue";
import { say } from "@/lib/catalogue";
import { useFormat, useLanguage, useText } from "@/lib/language";
import { type Check, type Proposal, readChecks, scoreOf } from "./checks";
import { plainName } from "./figures";

const TONE = { PROMOTE: "text-good", REVIEW: "text-text", REJECT: "text-bad" } as const;

/** What a check is called, with its unit. */
export function useCheckName(): (check: Pick<Check, "kind" | "name">) => string {
  const language = useLanguage();
  return ({ kind, name }) => {
    const names: Catalogue = kind === "gate" ? gateNames : metricNames;
    const entry = names[name];
    return entry === undefined ? plainName(name) : say(entry, language);
  };
}

/** L4's verdict as one sentence with its reason. */
export function Verdict({ proposal }: { proposal: Proposal }) {
  const t = useText(proposals);
  const f = useFormat();
  const reason = useReason(proposal);
  const { recommendation, confidence } = proposal;
  return (
    <>
      <p className="text-base">
        <span className={`font-semibold ${TONE[recommendation]}`}>
          {t(`verdict${recommendation}`)}
        </span>
        : {reason}
      </p>
      <p className="text-muted">
        {t("luck", { percent: f.percent(confidence, { unit: true, digits: 1 }) })}
      </p>
    </>
  );
}

function useReason(proposal: Proposal): string {
  const t = useText(proposals);
  const f = useFormat();
  const nameOf = useCheckName();
  const checks = readChecks(proposal);
  const score = scoreOf(checks);
  if (score === null) return proposal.reason;
  const of = (kind: Check["kind"]) => checks.filter((check) => check.kind === kind);
  const [gates, criteria] = [of("gate"), of("criterion")];
  const failed = checks.filter((check) => !check.passed);
  const failedGates = failed.filter(({ kind }) => kind === "gate");
  const named = failedGates.length > 0 ? failedGates : failed;
  const names = named.map((check) => nameOf(check).replace(/, (%|Sharpe)$/, "")).join("; ");
  const values = {
    gates: gates.length,
    criteria: criteria.length,
    failed: failedGates.length,
    score: f.ratio(score),
    names,
  };
  if (failedGates.length > 0) return t("reasonGates", values);
  if (failed.length === 0) return t("reasonAll", values);
  return t(proposal.recommendation === "PROMOTE" ? "reasonSome" : "reasonScore", values);
}
