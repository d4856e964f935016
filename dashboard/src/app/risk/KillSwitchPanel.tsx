"use client";
import { Panel } from "@/components/Panel";
import { Tag } from "@/components/Tag";
import { Time } from "@/components/Time";
import { risk } from "@/i18n/risk";
import { useText } from "@/lib/language";
import { useStaleSince } from "@/lib/live";
import { useGet } from "@/lib/query";
import type { StoredEvent } from "./events";

const HISTORY = 8;

/** Whether everything is flat because somebody said so, and who said what before. */
export function KillSwitchPanel() {
  const t = useText(risk);
  const found = useGet("/v1/kill-switch");
  const staleSince = useStaleSince();
  return (
    <Panel title={t("killSwitch")} query={found} staleSince={staleSince}>
      {({ on, comment, changed_by, changed_at }) => (
        <div className="flex flex-col gap-3">
          <div className="flex flex-wrap items-center gap-2">
            <Tag tone={on ? "bad" : "neutral"}>{t(on ? "on" : "off")}</Tag>
            <span className="text-muted">
              {changed_at === null ? (
                t("untouched")
              ) : (
                <>
                  {t("by", { who: changed_by ?? "–" })}, <Time value={changed_at} shape="moment" />:{" "}
                  “{comment}”
                </>
              )}
            </span>
          </div>
          <History />
          <p className="text-xs text-faint">{t("where")}</p>
        </div>
      )}
    </Panel>
  );
}

function History() {
  const t = useText(risk);
  const told = useGet("/v1/events", { query: { type: ["kill_switch"], limit: HISTORY } });
  const events = told.data?.items ?? [];
  if (events.length === 0) return null;
  return (
    <ol className="flex flex-col gap-1 border-t border-line pt-2">
      {events.map((event) => (
        <Word key={event.id} event={event} said={t(wasThrown(event) ? "thrown" : "lifted")} />
      ))}
    </ol>
  );
}

const wasThrown = ({ data }: StoredEvent) => (data.details as { on?: boolean })?.on === true;

function Word({ event, said }: { event: StoredEvent; said: string }) {
  const details = event.data.details as { by?: string; comment?: string } | undefined;
  return (
    <li className="flex gap-3">
      <span className="w-16 shrink-0 font-medium">{said}</span>
      <span className="min-w-0 text-muted">
        <Time value={event.time} shape="moment" />, {details?.by}: “{details?.comment}”
      </span>
    </li>
  );
}
