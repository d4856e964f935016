"use client";
import type { Shape } from "@/api/client";
import { Button } from "@/components/Button";
import { Panel, Skeleton } from "@/components/Panel";
import { type Column, Table } from "@/components/Table";
import { Time } from "@/components/Time";
import { experiments } from "@/i18n/experiments";
import { useFormat, useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { useUrlState } from "@/lib/url";

type Look = Shape<"Look">;
type Windowed = Shape<"TrialPage">["windows"][number];
const ROWS = 25;

/** Every recorded look at a test period: each makes the next gate stricter. */
export function TrialsPanel() {
  const t = useText(experiments);
  const f = useFormat();
  const [place, setPlace] = useUrlState("at");
  const query = { limit: ROWS, ...(place === "" ? {} : { cursor: place }) };
  const found = useGet("/v1/trials", { query });
  const columns: Column<Look>[] = [
    { key: "model", header: t("model"), cell: (row) => row.model_id, lead: true },
    {
      key: "experiment",
      header: t("name"),
      cell: (row) => <span className="text-muted">{row.experiment}</span>,
      grow: true,
    },
    { key: "window", header: t("window"), cell: (row) => <Span of={row.window} /> },
    { key: "n", header: t("sessions"), kind: "number", cell: (row) => f.count(row.sessions) },
    {
      key: "sharpe",
      header: t("sharpeAnnual"),
      kind: "number",
      cell: (row) => f.ratio(row.sharpe_ratio),
    },
    {
      key: "when",
      header: t("when"),
      kind: "number",
      cell: (row) => <Time value={row.when} shape="moment" />,
    },
  ];
  return (
    <Panel
      title={t("trials")}
      query={found}
      flush
      empty={{
        when: ({ items }) => items.length === 0,
        text: t("trialsNone"),
        command: "cambio trials",
      }}
      skeleton={<Skeleton rows={8} columns={5} />}
    >
      {({ items, windows, next_cursor, confidence }) => (
        <>
          <Windows rows={windows} confidence={confidence} />
          <Table
            label={t("trials")}
            columns={columns}
            rows={items}
            id={(row) => `${row.model_id} ${row.when} ${row.window.start}`}
          />
          {place === "" && next_cursor === null ? null : (
            <div className="flex justify-end gap-2 px-4 py-2">
              {place === "" ? null : <Button onClick={() => setPlace("")}>{t("newest")}</Button>}
              {next_cursor === null ? null : (
                <Button onClick={() => setPlace(next_cursor, { push: true })}>{t("older")}</Button>
              )}
            </div>
          )}
        </>
      )}
    </Panel>
  );
}

/** What the looks at each window ask of the next model there. */
function Windows({ rows, confidence }: { rows: readonly Windowed[]; confidence: number }) {
  const t = useText(experiments);
  const f = useFormat();
  const columns: Column<Windowed>[] = [
    { key: "window", header: t("window"), lead: true, cell: (row) => <Span of={row.window} /> },
    { key: "n", header: t("sessions"), kind: "number", cell: (row) => f.count(row.sessions) },
    { key: "looks", header: t("looks"), kind: "number", cell: (row) => f.count(row.looks) },
    { key: "luck", header: t("luck"), kind: "number", cell: (row) => f.ratio(row.luck) },
    {
      key: "needed",
      header: t("needed", { level: f.ratio(confidence) }),
      kind: "number",
      cell: (row) => f.ratio(row.needed),
    },
  ];
  return (
    <section className="pb-6">
      <h3 className="px-4 pb-2 font-medium">{t("nextModel")}</h3>
      <Table
        label={t("nextModel")}
        columns={columns}
        rows={rows}
        id={(row) => `${row.window.start} ${row.window.end}`}
      />
    </section>
  );
}

function Span({ of }: { of: Shape<"Window"> }) {
  const f = useFormat();
  return (
    <span className="whitespace-nowrap">
      {f.date(of.start)} – {f.date(of.end)}
    </span>
  );
}
