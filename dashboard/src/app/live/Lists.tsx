"use client";
import type { Shape } from "@/api/client";
import { ModelId } from "@/components/ModelId";
import { Panel, Skeleton } from "@/components/Panel";
import { resultColor, Side } from "@/components/Side";
import { type Column, Table } from "@/components/Table";
import { Time } from "@/components/Time";
import { live } from "@/i18n/live";
import { reasons } from "@/i18n/reasons";
import { useFormat, useText } from "@/lib/language";
import { useStaleSince } from "@/lib/live";
import { useGet } from "@/lib/query";
import { WANTS } from "./SignalPanel";

type Signal = Shape<"SignalSummary">;
const ROWS = 12;

/** The newest decisions of all models. */
export function SignalsPanel() {
  const t = useText(live);
  const f = useFormat();
  const staleSince = useStaleSince();
  const signals = useGet("/v1/signals", { query: { limit: ROWS } });
  const columns: Column<Signal>[] = [
    {
      key: "bar",
      header: t("bar"),
      cell: (row) => <Time value={row.timestamp} shape="when" />,
      lead: true,
    },
    { key: "model", header: t("model"), cell: (row) => <Model row={row} />, lead: true },
    { key: "wants", header: t("wants"), cell: (row) => t(WANTS[row.action]) },
    { key: "holds", header: t("holds"), cell: (row) => <Side position={row.target} /> },
    {
      key: "confidence",
      header: t("confidence"),
      kind: "number",
      cell: (row) => f.ratio(row.confidence),
    },
    { key: "price", header: t("price"), kind: "number", cell: (row) => f.price(row.price) },
    {
      key: "latency",
      header: t("latency"),
      kind: "number",
      cell: (row) => f.number(row.latency_ms, 1),
    },
    { key: "risk", header: t("risk"), cell: (row) => <Said row={row} />, grow: true },
  ];
  return (
    <Panel
      title={t("signals")}
      query={signals}
      staleSince={staleSince}
      empty={{
        when: ({ items }) => items.length === 0,
        text: t("noSignal"),
        command: "cambio live",
      }}
      skeleton={<Skeleton rows={ROWS} columns={6} />}
      flush
    >
      {({ items }) => (
        <Table label={t("signals")} columns={columns} rows={items} id={(row) => row.signal_id} />
      )}
    </Panel>
  );
}

function Model({ row }: { row: Signal }) {
  const t = useText(live);
  return (
    <>
      <ModelId id={row.model_id} /> <span className="text-faint">{t(row.role)}</span>
    </>
  );
}

function Said({ row }: { row: Signal }) {
  const t = useText(live);
  const why = useText(reasons);
  const words = row.blocked_by.map((reason) => why(reason)).join(", ") || t("fine");
  return (
    <span className="text-muted" title={words}>
      {words}
    </span>
  );
}

/** The newest round trips. */
export function TradesPanel({ champion }: { champion: string | null }) {
  const t = useText(live);
  const f = useFormat();
  const staleSince = useStaleSince();
  const trades = useGet("/v1/trades", { query: { model_id: champion, limit: ROWS } });
  const columns: Column<Shape<"Trade">>[] = [
    {
      key: "side",
      header: t("side"),
      cell: (row) => <Side position={row.side === "LONG" ? 1 : -1} />,
      lead: true,
    },
    { key: "from", header: t("from"), cell: (row) => <Time value={row.entry_time} shape="when" /> },
    { key: "to", header: t("to"), cell: (row) => <Time value={row.exit_time} shape="when" /> },
    {
      key: "entry",
      header: t("entryPrice"),
      kind: "number",
      cell: (row) => f.price(row.entry_price),
    },
    { key: "exit", header: t("exitPrice"), kind: "number", cell: (row) => f.price(row.exit_price) },
    {
      key: "result",
      header: t("result"),
      kind: "number",
      cell: (row) => (
        <span className={resultColor(row.pnl)}>{f.money(row.pnl, { sign: true })}</span>
      ),
    },
  ];
  return (
    <Panel
      title={t("closed")}
      query={trades}
      staleSince={staleSince}
      empty={{ when: ({ items }) => items.length === 0, text: t("noTrades") }}
      skeleton={<Skeleton rows={ROWS} columns={5} />}
      flush
    >
      {({ items }) => (
        <Table
          label={t("closed")}
          columns={columns}
          rows={items}
          id={(row) => `${row.model_id} ${row.exit_time}`}
        />
      )}
    </Panel>
  );
}
