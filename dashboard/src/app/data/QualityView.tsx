"use client";
import { Page } from "@/components/Page";
import { data } from "@/i18n/data";
import { useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { CalendarPanel } from "./Calendar";
import { DriftPanel } from "./Drift";
import { GapsPanel } from "./Gaps";
import { MacroPanel } from "./Macro";
import { QuarantinePanel } from "./Quarantine";
import { ParityPanel, SourcesPanel } from "./Sources";

/** Whether the data can be trusted: what is there, what is missing, what was refused, what drifts. */
export function QualityView() {
  const t = useText(data);
  const calendar = useGet("/v1/data/calendar");
  const quality = useGet("/v1/data/quality");
  return (
    <Page title={t("title")}>
      <CalendarPanel calendar={calendar} />
      <MacroPanel quality={quality.data} />
      <QuarantinePanel />
      <DriftPanel />
      <div className="grid gap-4 lg:grid-cols-3">
        <GapsPanel calendar={calendar} />
        <SourcesPanel quality={quality} />
        <ParityPanel />
      </div>
    </Page>
  );
}
