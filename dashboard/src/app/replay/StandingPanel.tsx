"use client";
import { memo } from "react";
import { Frame } from "@/components/Panel";
import { resultColor, Side } from "@/components/Side";
import { type Column, Table } from "@/components/Table";
import { replay } from "@/i18n/replay";
import { type Format, NONE } from "@/lib/format";
import { useFormat, useText } from "@/lib/language";
import { Letter, Swatch } from "./Swatch";
import { type Standing, standingAt } from "./standing";
import type { Runs } from "./useReplay";

type Name = Exclude<keyof Standing, "position">;
type Write = (f: Format, value: number | null, difference: boolean) => string;

interface Row {
  name: Name | "position";
  label:
    | "return"
    | "sharpe"
    | "deepest"
    | "drawdownNow"
    | "closedTrades"
    | "won"
    | "money"
    | "holds";
}

const ROWS: readonly Row[] = [
  { name: "return", label: "return" },
  { name: "sharpe", label: "sharpe" },
  { name: "deepest", label: "deepest" },
  { name: "drawdown", label: "drawdownNow" },
  { name: "trades", label: "closedTrades" },
  { name: "won", label: "won" },
  { name: "money", label: "money" },
  { name: "position", label: "holds" },
];

const percent: Write = (f, value, sign) => f.percent(value, { sign });
const WRITE: Record<Name, Write> = {
  return: (f, value) => f.percent(value, { sign: true }),
  sharpe: (f, value, sign) => f.ratio(value, { sign }),
  deepest: percent,
  drawdown: percent,
  trades: (f, value, sign) => f.count(value, { sign }),
  won: (f, value, sign) => f.percent(value, { sign, digits: 1 }),
  money: (f, value) => f.money(value, { sign: true }),
};
const COLOURED: ReadonlySet<string> = new Set(["return", "money"]);

/** What came of it up to the bar that is shown; at the end, the API's result. */
export const StandingPanel = memo(function StandingPanel(props: {
  runs: Runs;
  at: number;
  otherAt: number;
  /** Whether nothing more comes: what is shown then is the result. */
  over: boolean;
}) {
  const { runs, at, otherAt } = props;
  const t = useText(replay);
  const f = useFormat();
  const { main, against } = runs;
  const mine = standingAt(main.recording, at);
  const other = against === null ? null : standingAt(against.recording, otherAt);
  const ended = mine.sharpe !== null || (main.state === "done" && at >= main.recording.length);
  const columns: Column<Row>[] = [
    { key: "figure", header: t("figure"), cell: ({ label }) => t(label) },
    {
      key: "main",
      header: other === null ? t("value") : "A",
      kind: "number",
      cell: (row) => <Value row={row} of={mine} />,
    },
  ];
  if (other !== null) {
    columns.push(
      {
        key: "against",
        header: "B",
        kind: "number",
        cell: (row) => <Value row={row} of={other} />,
      },
      {
        key: "difference",
        header: "A − B",
        kind: "number",
        cell: ({ name }) => (name === "position" ? NONE : difference(f, name, mine, other)),
      },
    );
  }
  return (
    <Frame title={ended ? t("result") : t("soFar")} flush>
      <Names main={main.model} against={against?.model ?? null} />
      <Table
        label={ended ? t("result") : t("soFar")}
        columns={columns}
        rows={ROWS}
        id={({ name }) => name}
        narrow
      />
      {ended ? null : <p className="px-4 py-2 text-xs text-faint">{t("sharpeLater")}</p>}
    </Frame>
  );
});

function Names({ main, against }: { main: string; against: string | null }) {
  return (
    <ul className="flex flex-col gap-0.5 px-4 pb-3 text-xs text-muted">
      <li className="truncate" title={main}>
        {against === null ? null : <Letter>A</Letter>} <Swatch kind="main" /> {main}
      </li>
      {against === null ? null : (
        <li className="truncate" title={against}>
          <Letter>B</Letter> <Swatch kind="against" /> {against}
        </li>
      )}
    </ul>
  );
}

function Value({ row, of }: { row: Row; of: Standing }) {
  const f = useFormat();
  if (row.name === "position") return <Side position={of.position} />;
  const value = of[row.name];
  return (
    <span className={COLOURED.has(row.name) ? resultColor(value) : ""}>
      {WRITE[row.name](f, value, false)}
    </span>
  );
}

function difference(f: Format, name: Name, mine: Standing, other: Standing): string {
  const [a, b] = [mine[name], other[name]];
  return WRITE[name](f, a === null || b === null ? null : a - b, true);
}
