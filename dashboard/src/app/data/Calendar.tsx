"use client";
import { useMemo } from "react";
import { Choice } from "@/components/Choice";
import { Panel } from "@/components/Panel";
import { data as texts } from "@/i18n/data";
import { useText } from "@/lib/language";
import type { Got } from "@/lib/query";
import { useUrlState } from "@/lib/url";
import { CalendarGrid } from "./CalendarGrid";
import { type Calendar, daysOf } from "./calendar";
import { DayBars } from "./DayBars";
import { Years } from "./Years";

export type View = "complete" | "close";

/** Every trading day as a square, by how many of its bars are missing or only have a close. */
export function CalendarPanel({ calendar }: { calendar: Got<Calendar> }) {
  const t = useText(texts);
  const [chosen, setChosen] = useUrlState("day");
  const [view, setView] = useUrlState("view", "complete");
  const shown: View = view === "close" ? "close" : "complete";
  return (
    <Panel
      title={t("calendar")}
      query={calendar}
      empty={{
        when: ({ days }) => days.length === 0,
        text: t("noBars"),
        command: "cambio data import --help",
      }}
      skeleton={<div className="h-64 rounded-sm bg-raise" />}
      aside={
        <Choice
          label={t("view")}
          options={[
            ["complete", t("complete")],
            ["close", t("close")],
          ]}
          value={shown}
          onChange={setView}
        />
      }
    >
      {(told) => <Shown told={told} view={shown} chosen={chosen} onChoose={setChosen} />}
    </Panel>
  );
}

function Shown(props: { told: Calendar; view: View; chosen: string; onChoose(day: string): void }) {
  const { told, view, chosen, onChoose } = props;
  const days = useMemo(() => daysOf(told), [told]);
  return (
    <div className="flex flex-col gap-4">
      <CalendarGrid days={days} view={view} chosen={chosen} onChoose={onChoose} />
      {chosen === "" ? null : <DayBars day={chosen} onClose={() => onChoose("")} />}
      <Years days={days} />
    </div>
  );
}
