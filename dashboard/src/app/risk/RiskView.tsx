"use client";
import { Page } from "@/components/Page";
import { risk } from "@/i18n/risk";
import { useText } from "@/lib/language";
import { EventsPanel } from "./EventsPanel";
import { KillSwitchPanel } from "./KillSwitchPanel";
import { LimitsPanel } from "./LimitsPanel";
import { ParityPanel } from "./ParityPanel";

export function RiskView() {
  const t = useText(risk);
  return (
    <Page title={t("title")}>
      <LimitsPanel />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <EventsPanel />
        <div className="flex min-w-0 flex-col gap-4 max-xl:-order-1">
          <KillSwitchPanel />
          <ParityPanel />
        </div>
      </div>
    </Page>
  );
}
