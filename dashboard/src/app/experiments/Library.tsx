"use client";
import type { Shape } from "@/api/client";
import { Panel, Skeleton } from "@/components/Panel";
import { type Column, Table } from "@/components/Table";
import { Tag } from "@/components/Tag";
import { Time } from "@/components/Time";
import { experiments } from "@/i18n/experiments";
import { useFormat, useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { useUrlState } from "@/lib/url";
import { matching } from "./filter";

type Row = Shape<"ExperimentRow">;
const ROWS = 200;

/** Every experiment that can be run, with how its newest run ended. */
export function LibraryPanel(props: { chosen: string; onOpen(name: string): void }) {
  const { chosen, onOpen } = props;
  const t = useText(experiments);
  const [wanted, want] = useUrlState("q");
  const library = useGet("/v1/experiments", { query: { limit: ROWS } });
  const columns = useColumns();
  return (
    <Panel
      title={t("library")}
      query={library}
      flush
      empty={{
        when: ({ items }) => items.length === 0,
        text: t("libraryNone"),
        command: "cambio experiment list",
      }}
      skeleton={<Skeleton rows={8} columns={6} />}
      aside={
        <input
          type="search"
          aria-label={t("filter")}
          placeholder={t("filter")}
          value={wanted}
          onChange={(event) => want(event.target.value)}
          className="h-7 rounded-md border border-line bg-transparent px-2 text-sm"
        />
      }
    >
      {({ items }) => {
        const shown = matching(items, wanted);
        return shown.length === 0 ? (
          <p className="px-4 pb-4 text-muted">{t("noneMatches")}</p>
        ) : (
          <Table
            label={t("library")}
            columns={columns}
            rows={shown}
            id={(row) => row.name}
            chosen={chosen}
            onOpen={(row) => onOpen(row.name === chosen ? "" : row.name)}
          />
        );
      }}
    </Panel>
  );
}

const PROTOCOLS = { single_split: "single_split", walk_forward: "walk_forward" } as const;

function useColumns(): Column<Row>[] {
  const t = useText(experiments);
  const f = useFormat();
  const protocol = (name: string | null) => {
    if (name === null) return <Tag tone="bad">{t("unreadable")}</Tag>;
    const known = PROTOCOLS[name as keyof typeof PROTOCOLS];
    return <span className="whitespace-nowrap">{known ? t(known) : name}</span>;
  };
  return [
    {
      key: "name",
      header: t("name"),
      lead: true,
      cell: (row) => (
        <span className="font-medium" title={row.description}>
          {row.name}
        </span>
      ),
    },
    { key: "protocol", header: t("protocol"), cell: (row) => protocol(row.protocol) },
    {
      key: "base",
      header: t("base"),
      grow: true,
      cell: (row) => <span className="text-muted">{row.base ?? "–"}</span>,
    },
    {
      key: "sharpe",
      header: t("sharpe"),
      kind: "number",
      cell: (row) => f.ratio(row.last_run?.sharpe_ratio),
    },
    { key: "vote", header: t("vote"), cell: (row) => row.last_run?.vote ?? "–" },
    {
      key: "when",
      header: t("when"),
      cell: (row) =>
        row.last_run === null ? "–" : <Time value={row.last_run.when} shape="moment" />,
    },
  ];
}
