"use client";
import { useMemo } from "react";
import { Button } from "@/components/Button";
import { ModelId } from "@/components/ModelId";
import { Failure, Panel, Skeleton } from "@/components/Panel";
import { type Column, Table } from "@/components/Table";
import { Time } from "@/components/Time";
import { eventTypes, risk } from "@/i18n/risk";
import { useLanguage, useText } from "@/lib/language";
import { useStaleSince } from "@/lib/live";
import { useUrlState } from "@/lib/url";
import { isType, type StoredEvent, typesOf } from "./events";
import { Filter } from "./Filter";
import { useEventLog } from "./log";
import { tell } from "./words";

/** What happened, newest first; what happens now is added as the stream tells it. */
export function EventsPanel() {
  const t = useText(risk);
  const staleSince = useStaleSince();
  const [address, want] = useUrlState("types");
  const types = useMemo(() => typesOf(address), [address]);
  const { query, log, older } = useEventLog(types, address);
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <Filter types={types} onChange={want} />
      <Panel
        title={t("events")}
        query={query}
        staleSince={staleSince}
        skeleton={<Skeleton rows={12} columns={4} />}
        flush
      >
        {() => (
          <>
            {log === null || log.events.length === 0 ? (
              <p className="px-4 pb-4 text-muted">{t("none")}</p>
            ) : (
              <Events events={log.events} />
            )}
            <div className="flex flex-wrap items-center gap-4 border-t border-line px-4 py-2">
              {log?.cursor == null ? (
                <span className="text-xs text-faint">{t("end")}</span>
              ) : (
                <Button onClick={older.ask} disabled={older.pending}>
                  {t("older")}
                </Button>
              )}
              {older.problem === null ? null : <Failure problem={older.problem} />}
            </div>
          </>
        )}
      </Panel>
    </div>
  );
}

function Events({ events }: { events: readonly StoredEvent[] }) {
  const t = useText(risk);
  const columns: Column<StoredEvent>[] = [
    {
      key: "time",
      header: t("time"),
      cell: ({ time }) => <Time value={time} shape="moment" />,
    },
    { key: "type", header: t("type"), cell: ({ type }) => <Type type={type} /> },
    {
      key: "about",
      header: t("about"),
      cell: ({ subject }) => <Subject name={subject} />,
      wide: true,
    },
    { key: "what", header: t("what"), cell: (event) => <What event={event} />, lead: true },
  ];
  return <Table label={t("events")} columns={columns} rows={events} id={({ id }) => id} />;
}

function Subject({ name }: { name: string }) {
  const t = useText(risk);
  const shown = name === "kill_switch" ? t("allBooks") : name === "account" ? t("account") : name;
  return <ModelId id={shown} className="font-medium sm:max-w-44" />;
}

const LOUD: ReadonlySet<string> = new Set(["breach", "load_gate", "webhook_failed", "pipeline"]);

function Type({ type }: { type: string }) {
  const name = useText(eventTypes);
  return (
    <span className={LOUD.has(type) ? "text-bad" : "text-muted"}>
      {isType(type) ? name(type) : type}
    </span>
  );
}

function What({ event }: { event: StoredEvent }) {
  const language = useLanguage();
  const { text, foreign, said } = tell(event, language);
  return (
    <span className="block whitespace-normal sm:min-w-48">
      <span className="block sm:hidden">
        <Subject name={event.subject} />
      </span>
      <span lang={foreign ? "en" : undefined}>{text}</span>
      {said === null ? null : <span className="block text-muted">{said}</span>}
    </span>
  );
}
