"use client";
import { useMemo } from "react";
import { Chart } from "@/components/Chart";
import { Choice } from "@/components/Choice";
import type { PaneSpec } from "@/components/chart/series";
import { Empty, Frame, Panel } from "@/components/Panel";
import { models } from "@/i18n/models";
import { useFormat, useText } from "@/lib/language";
import { useUrlState } from "@/lib/url";
import { type Books, useBooks } from "./books";
import type { Stale } from "./CapitalPanel";
import type { Report } from "./permits";

const SPANS = { week: 300, month: 1200, all: 5000 } as const;
type Span = keyof typeof SPANS;

/** Equity of the champion and of one who decides beside it, on one chart. */
export function EquityPanel({ report, staleSince }: { report: Report; staleSince: Stale }) {
  const t = useText(models);
  const f = useFormat();
  const others = [report.challenger, ...report.shadows].flatMap((one) =>
    one === null ? [] : [one.model_id],
  );
  const [wanted, against] = useUrlState("against", others[0] ?? "");
  const [chosen, choose] = useUrlState("span", "month");
  const span: Span = Object.hasOwn(SPANS, chosen) ? (chosen as Span) : "month";
  const champion = report.champion?.model_id ?? null;
  const other = others.includes(wanted) ? wanted : (others[0] ?? null);
  const books = useBooks(champion, other, SPANS[span]);
  const panes = usePanes(champion, other, books.champion, books.other);
  const n = Math.max(books.champion.length, books.other.length);
  const both = champion !== null && other !== null;
  const end = (of: Books["champion"]) => f.percent(of.at(-1)?.value, { sign: true });
  const first = champion === null ? books.other : books.champion;
  const told = {
    n,
    champion: champion ?? other ?? "",
    first: end(first),
    other: other ?? "",
    second: end(books.other),
  };
  const spans = (Object.keys(SPANS) as Span[]).map((name) => [name, t(name)] as const);
  const empty = { when: () => n === 0, text: t("noEquity"), command: "cambio live" };
  if (champion === null && other === null)
    return (
      <Frame title={t("equity")}>
        <Empty {...empty} />
      </Frame>
    );
  return (
    <Panel
      title={t("equity")}
      aside={
        <div className="flex flex-wrap items-center gap-2">
          {others.length < 2 ? null : (
            <Against others={others} value={other ?? ""} onChange={against} />
          )}
          <Choice label={t("span")} options={spans} value={span} onChange={choose} />
        </div>
      }
      query={books.query}
      staleSince={staleSince}
      empty={empty}
      skeleton={<div className="h-80 rounded-md bg-raise" />}
      flush
    >
      {() => (
        <Chart
          key={`${champion} ${other} ${span}`}
          label={t(both ? "chart" : "chartAlone", told)}
          panes={panes}
          className="h-80"
        />
      )}
    </Panel>
  );
}

type Points = PaneSpec["series"][number]["points"];

function usePanes(champion: string | null, other: string | null, first: Points, second: Points) {
  const t = useText(models);
  return useMemo<PaneSpec[]>(() => {
    const line = { kind: "line", units: "percent" } as const;
    const series = [
      { ...line, id: "champion", title: champion ?? "", color: "accent", points: first },
      { ...line, id: "other", title: other ?? "", color: "muted", points: second },
    ] as const;
    const shown = series.filter(({ title }) => title !== "");
    return [
      {
        id: "equity",
        weight: 1,
        series: shown.map((one) => ({ ...one, title: t("inPercent", { name: one.title }) })),
      },
    ] as PaneSpec[];
  }, [champion, other, first, second, t]);
}

function Against(props: {
  others: readonly string[];
  value: string;
  onChange(value: string): void;
}) {
  const t = useText(models);
  return (
    <select
      aria-label={t("against")}
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
      className="h-7 max-w-48 rounded-md border border-line bg-panel px-2 text-xs text-text"
    >
      {props.others.map((name) => (
        <option key={name}>{name}</option>
      ))}
    </select>
  );
}
