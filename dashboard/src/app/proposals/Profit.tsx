"use client";
import { Panel, Skeleton } from "@/components/Panel";
import { proposals } from "@/i18n/proposals";
import { useFormat, useText } from "@/lib/language";
import type { Got } from "@/lib/query";
import { byGroup, byHour, byMonth, byNight, bySide, type Evidence, isMissing } from "./evidence";
import { Parts } from "./Parts";

/** Where the result comes from: what looks alike everywhere is less likely to be luck. */
export function Profit({ evidence }: { evidence: Got<Evidence> }) {
  const t = useText(proposals);
  if (isMissing(evidence)) return null; // the equity's panel says what is missing
  return (
    <Panel title={t("profit")} query={evidence} skeleton={<Skeleton rows={6} columns={3} />}>
      {(found) => <Groups found={found} />}
    </Panel>
  );
}

function Groups({ found }: { found: Evidence }) {
  const t = useText(proposals);
  const f = useFormat();
  const bounds = found.vix_bounds.map((bound) => f.number(bound, 1)).join(" / ");
  return (
    <div className="grid gap-x-10 gap-y-6 lg:grid-cols-2 2xl:grid-cols-3">
      <Parts
        title={t("bySide")}
        units="money"
        parts={bySide(found)}
        count="trades"
        second="winRate"
      />
      <Parts title={t("byNight")} units="money" parts={byNight(found)} count="barsHeld" />
      <Parts
        title={t("byVix", { bounds })}
        units="percent"
        parts={byGroup(found, "vix")}
        count="sessions"
        second="sharpe"
      />
      <Parts title={t("byHour")} units="money" parts={byHour(found)} count="barsHeld" />
      <Parts
        title={t("byWeekday")}
        units="percent"
        parts={byGroup(found, "weekday")}
        count="sessions"
        second="sharpe"
      />
      <Parts title={t("byMonth")} units="percent" parts={byMonth(found)} />
    </div>
  );
}
