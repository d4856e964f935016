"use client";
import type { Shape } from "@/api/client";
import { Choice } from "@/components/Choice";
import { Panel } from "@/components/Panel";
import { data as texts } from "@/i18n/data";
import { useText } from "@/lib/language";
import type { Got } from "@/lib/query";
import { useUrlState } from "@/lib/url";
import { CalendarGrid } from "./CalendarGrid";
import { DayBars } from "./DayBars";
import { Years } from "./Years";

type Calendar = Shape<"DataCalendar">;
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
        command: "cambio import ohlcv FILE --source-timezone UTC",
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
      {({ days }) => (
        <div className="flex flex-col gap-4">
          <CalendarGrid days={days} view={shown} chosen={chosen} onChoose={setChosen} />
          {chosen === "" ? null : <DayBars day={chosen} onClose={() => setChosen("")} />}
          <Years days={days} />
        </div>
      )}
    </Panel>
  );
}
