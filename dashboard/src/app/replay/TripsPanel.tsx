"use client";
import { memo, useDeferredValue, useState } from "react";
import { Button } from "@/components/Button";
import { Choice } from "@/components/Choice";
import { Empty, Frame } from "@/components/Panel";
import { resultColor, Side } from "@/components/Side";
import { type Column, Table } from "@/components/Table";
import { Time } from "@/components/Time";
import { replay } from "@/i18n/replay";
import { useFormat, useText } from "@/lib/language";
import { useUrlState } from "@/lib/url";
import { barsUntil, type RoundTrip } from "./recording";
import type { Run } from "./run";
import { begunBy, closedBy, tripsAt } from "./standing";
import type { Runs } from "./useReplay";

const ROWS = 20;

interface TripsPanelProps {
  runs: Runs;
  at: number;
  otherAt: number;
  /** Shows so many bars. */
  onShow(bars: number): void;
}

/** The trades of one of the models up to the bar that is shown, newest first. */
export function TripsPanel({ runs, at, otherAt, onShow }: TripsPanelProps) {
  const t = useText(replay);
  const f = useFormat();
  const [whose, choose] = useUrlState("trades", "a");
  const [most, setMost] = useState(ROWS);
  const second = whose === "b" && runs.against !== null;
  const run = second && runs.against !== null ? runs.against : runs.main;
  const bars = second ? otherAt : at;
  // Changes with an entry or an exit, so that bars between them don't draw the table anew; and
  // later than the chart, where both have no time.
  const begun = useDeferredValue(begunBy(run.recording, bars));
  const closed = useDeferredValue(closedBy(run.recording, bars));
  const show = (trip: RoundTrip) =>
    onShow(barsUntil(runs.main.recording, (trip.exit ?? trip.entry).time));
  const models = [
    ["a", runs.main.model],
    ["b", runs.against?.model ?? ""],
  ] as const;
  return (
    <Frame
      title={t("trades")}
      aside={
        <span className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-1 text-xs text-muted">
          {begun > most ? t("newest", { n: f.count(most), all: f.count(begun) }) : null}
          {runs.against === null ? null : (
            <Choice
              label={t("model")}
              options={models}
              value={second ? "b" : "a"}
              onChange={choose}
            />
          )}
        </span>
      }
      flush
    >
      {begun === 0 ? (
        <div className="px-4 pb-4">
          <Empty text={t("noTrades")} />
        </div>
      ) : (
        <Trips run={run} begun={begun} closed={closed} most={most} onShow={show} />
      )}
      {begun > most ? (
        <div className="border-t border-line p-2">
          <Button look="quiet" onClick={() => setMost(most + 100)}>
            {t("more")}
          </Button>
        </div>
      ) : null}
    </Frame>
  );
}

interface TripsProps {
  run: Run;
  begun: number;
  closed: number;
  most: number;
  onShow(trip: RoundTrip): void;
}

const Trips = memo(
  function Trips({ run, begun, closed, most, onShow }: TripsProps) {
    const t = useText(replay);
    const rows = tripsAt(run.recording, begun, closed, most);
    return (
      <Table
        label={t("tradesBy", { model: run.model })}
        columns={useColumns()}
        rows={rows}
        id={(row) => row.number}
        onOpen={onShow}
      />
    );
  },
  (before, next) =>
    before.run === next.run &&
    before.begun === next.begun &&
    before.closed === next.closed &&
    before.most === next.most,
);

function useColumns(): Column<RoundTrip>[] {
  const t = useText(replay);
  const f = useFormat();
  return [
    { key: "number", header: t("number"), cell: ({ number }) => f.count(number), wide: true },
    { key: "side", header: t("side"), cell: ({ side }) => <Side position={side} />, lead: true },
    {
      key: "opened",
      header: t("opened"),
      cell: ({ entry }) => <Time value={entry.time * 1000} shape="moment" />,
    },
    {
      key: "closed",
      header: t("closed"),
      cell: ({ exit }) =>
        exit === null ? (
          <span className="text-muted">{t("open")}</span>
        ) : (
          <Time value={exit.time * 1000} shape="moment" />
        ),
    },
    {
      key: "bars",
      header: t("bars"),
      kind: "number",
      cell: ({ entry, exit }) => f.count(exit === null ? null : exit.bar - entry.bar),
    },
    {
      key: "entry",
      header: t("entryPrice"),
      kind: "number",
      cell: ({ entry }) => f.price(entry.price),
    },
    {
      key: "exit",
      header: t("exitPrice"),
      kind: "number",
      cell: ({ exit }) => f.price(exit?.price),
    },
    {
      key: "gain",
      header: t("gain"),
      kind: "number",
      cell: ({ exit }) => (
        <span className={resultColor(exit?.result)}>{f.money(exit?.result, { sign: true })}</span>
      ),
    },
  ];
}
