"use client";
import type { Shape } from "@/api/client";
import { type Column, Table } from "@/components/Table";
import { experiments } from "@/i18n/experiments";
import { useFormat, useText } from "@/lib/language";
import { columnsOf, type Spread } from "./folds";
import { Part } from "./Part";
import type { Run } from "./WalkForwards";

type Five = readonly [keyof Spread, string];

/** The five figures of a spread as columns. */
function useFive<Row>(pick: (row: Row) => Spread): Column<Row>[] {
  const t = useText(experiments);
  const f = useFormat();
  const five: readonly Five[] = [
    ["minimum", t("lowest")],
    ["lower", t("quarter")],
    ["median", t("median")],
    ["upper", t("upperQuarter")],
    ["maximum", t("highest")],
  ];
  return five.map(([key, header]) => ({
    key,
    header,
    kind: "number",
    cell: (row) => f.ratio(pick(row)[key]),
  }));
}

type AtCosts = [string, Shape<"SeedDistribution">];

/** All folds one after the other: the seeds' Sharpe ratios at each multiple of the costs. */
export function Stitched({ run }: { run: Run }) {
  const t = useText(experiments);
  const f = useFormat();
  const five = useFive<AtCosts>(([, { sharpe }]) => sharpe);
  const columns: Column<AtCosts>[] = [
    { key: "costs", header: t("costs"), cell: ([multiple]) => multiple.replace("x", "×") },
    ...five,
    {
      key: "hold",
      header: t("buyAndHold"),
      kind: "number",
      cell: ([, { baselines }]) => f.ratio(baselines.buy_and_hold?.sharpe),
    },
  ];
  return (
    <Part title={t("stitched")} flush>
      <Table
        label={t("stitched")}
        columns={columns}
        rows={Object.entries(run.stitched)}
        id={([multiple]) => multiple}
      />
    </Part>
  );
}

type Fold = Shape<"WalkForwardFold">;

/** What the plot shows, as a table. */
export function Folds({ run, multiple }: { run: Run; multiple: string }) {
  const t = useText(experiments);
  const f = useFormat();
  const spreads = new Map(columnsOf(run, multiple).map(({ fold, spread }) => [fold, spread]));
  const rows = run.folds.filter(({ fold }) => spreads.has(fold));
  const five = useFive<Fold>(({ fold }) => spreads.get(fold) as Spread);
  const columns: Column<Fold>[] = [
    { key: "fold", header: t("fold"), kind: "number", cell: (row) => row.fold },
    {
      key: "test",
      header: t("testPeriod"),
      lead: true,
      cell: ({ ranges: { test } }) => (
        <span className="whitespace-nowrap">
          {f.date(test.start)} – {f.date(test.end)}
        </span>
      ),
    },
    ...five,
    {
      key: "random",
      header: t("random95"),
      kind: "number",
      cell: (row) => f.ratio(row.random.high),
    },
    {
      key: "trades",
      header: t("tradesMedian"),
      kind: "number",
      cell: (row) => f.count(row.trades.median),
    },
  ];
  return (
    <details>
      <summary className="text-xs text-muted hover:text-text">{t("foldsTable")}</summary>
      <div className="-mx-4 pt-2">
        <Table label={t("foldsTable")} columns={columns} rows={rows} id={(row) => row.fold} />
      </div>
    </details>
  );
}
