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
import { SummaryPanel } from "./Summary";

const DAY_MS = 86_400_000;
/** Days that the API tells at once. */
const MOST = 2_200;

/** The years up to a day, as far back as the API goes; what lies before the first bar is left out. */
function spanTo(day: string) {
  const first = Date.parse(day) - (MOST - 1) * DAY_MS;
  return { from: new Date(first).toISOString().slice(0, 10), to: day };
}

/** Whether the data can be trusted: what is there, what is missing, what was refused, what drifts. */
export function QualityView() {
  const t = useText(data);
  const quality = useGet("/v1/data/quality");
  const newest = quality.data?.bars.newest?.slice(0, 10);
  const calendar = useGet(
    "/v1/data/calendar",
    { query: newest === undefined ? {} : spanTo(newest) },
    { enabled: quality.data !== undefined },
  );
  return (
    <Page title={t("title")}>
      <SummaryPanel quality={quality} />
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
