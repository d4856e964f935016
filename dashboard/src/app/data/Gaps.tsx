"use client";
import { useMemo } from "react";
import type { Shape } from "@/api/client";
import { Choice } from "@/components/Choice";
import { Panel, Skeleton } from "@/components/Panel";
import { type Column, Table } from "@/components/Table";
import { Time } from "@/components/Time";
import { data as texts } from "@/i18n/data";
import { useFormat, useText } from "@/lib/language";
import type { Got } from "@/lib/query";
import { useUrlState } from "@/lib/url";
import { type Run, runs } from "./calendar";

const ROWS = 8;

/** Runs of missing bars. */
export function GapsPanel({ calendar }: { calendar: Got<Shape<"DataCalendar">> }) {
  const t = useText(texts);
  const [order, setOrder] = useUrlState("gaps", "longest");
  const all = useMemo(() => runs(calendar.data?.days ?? []), [calendar.data]);
  const shown = order === "newest" ? all : all.toSorted((a, b) => b.bars - a.bars);
  return (
    <Panel
      title={t("gaps")}
      query={calendar}
      flush
      empty={{ when: () => all.length === 0, text: t("gapsNone") }}
      skeleton={<Skeleton rows={ROWS} columns={4} />}
      aside={
        <Choice
          label={t("order")}
          options={[
            ["longest", t("longest")],
            ["newest", t("newestFirst")],
          ]}
          value={order === "newest" ? "newest" : "longest"}
          onChange={setOrder}
        />
      }
    >
      {() => <Shown runs={shown.slice(0, ROWS)} all={all.length} />}
    </Panel>
  );
}

function Shown({ runs: rows, all }: { runs: readonly Run[]; all: number }) {
  const t = useText(texts);
  const f = useFormat();
  const columns: Column<Run>[] = [
    { key: "from", header: t("from"), cell: (row) => <Time value={row.first} shape="moment" /> },
    { key: "to", header: t("until"), cell: (row) => <Time value={row.last} shape="moment" /> },
    { key: "bars", header: t("length"), kind: "number", cell: (row) => f.count(row.bars) },
    { key: "n", header: t("ofSessions"), kind: "number", cell: (row) => f.count(row.sessions) },
  ];
  return (
    <>
      <Table label={t("gaps")} columns={columns} rows={rows} id={(row) => row.first} />
      {rows.length < all ? (
        <p className="px-4 py-2 text-xs text-muted">
          {t("gapsMore", { n: f.count(rows.length), all: f.count(all) })}
        </p>
      ) : null}
    </>
  );
}
