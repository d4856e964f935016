"use client";
import { useMemo, useState } from "react";
import { Chart } from "@/components/Chart";
import { Choice } from "@/components/Choice";
import type { PaneSpec } from "@/components/chart/series";
import { Panel } from "@/components/Panel";
import { live } from "@/i18n/live";
import { useFormat, useText } from "@/lib/language";
import { useStaleSince } from "@/lib/live";
import { useUrlState } from "@/lib/url";
import { type Books, MONTH, MOST, useLiveMarket } from "./market";

const SPANS = { day: 60, week: 300, month: 1200, year: 14_400 } as const;
type Span = keyof typeof SPANS;

/** Price with the champion's trades, equity and drawdown, growing bar by bar. */
export function MarketPanel({ books }: { books: Books }) {
  const t = useText(live);
  const f = useFormat();
  const staleSince = useStaleSince();
  const [chosen, choose] = useUrlState("span", "week");
  const span: Span = chosen in SPANS ? (chosen as Span) : "week";
  const [loaded, load] = useState<number>(MONTH);
  if (span === "year" && loaded < MOST) load(MOST); // and they stay when a week of them is looked at
  const market = useLiveMarket(books, loaded);
  const { candles, fills, account, champion, challenger, drawdown } = market;
  const panes = useMemo<PaneSpec[]>(() => {
    const percent = (name: "account" | "champion" | "challenger" | "drawdownShown") =>
      t("inPercent", { name: t(name) });
    const line = { kind: "line", units: "percent" } as const;
    return [
      {
        id: "price",
        weight: 5,
        series: [
          {
            id: "price",
            kind: "candles",
            title: "USD/COP",
            units: "price",
            points: candles,
            fills,
          },
        ],
      },
      {
        id: "equity",
        weight: 2,
        series: [
          { ...line, id: "account", title: percent("account"), color: "text", points: account },
          {
            ...line,
            id: "champion",
            title: percent("champion"),
            color: "accent",
            points: champion,
          },
          {
            ...line,
            id: "challenger",
            title: percent("challenger"),
            color: "faint",
            dashed: true,
            points: challenger,
          },
        ],
      },
      {
        id: "drawdown",
        weight: 1.4,
        series: [
          {
            id: "drawdown",
            kind: "area",
            title: percent("drawdownShown"),
            units: "percent",
            color: "short",
            points: drawdown,
          },
        ],
      },
    ];
  }, [candles, fills, account, champion, challenger, drawdown, t]);
  const label = t("chart", {
    n: candles.length,
    price: f.price(candles.at(-1)?.close),
    equity: f.percent(account.at(-1)?.value, { sign: true }),
    drawdown: f.percent(drawdown.at(-1)?.value),
  });
  const options = (Object.keys(SPANS) as Span[]).map((name) => [name, t(name)] as const);
  return (
    <Panel
      title={t("market")}
      aside={<Choice label={t("span")} options={options} value={span} onChange={choose} />}
      query={market.bars}
      staleSince={staleSince}
      empty={{
        when: () => candles.length === 0,
        text: t("noBars"),
        command: "cambio live --feed simulated://?speed=60",
      }}
      skeleton={<div className="h-[28rem] rounded-md bg-raise sm:h-[34rem]" />}
      flush
    >
      {() => (
        <Chart label={label} panes={panes} bars={SPANS[span]} className="h-[28rem] sm:h-[34rem]" />
      )}
    </Panel>
  );
}
