"use client";
import type { Shape } from "@/api/client";
import { Panel, Skeleton } from "@/components/Panel";
import { Pick } from "@/components/Pick";
import { Table } from "@/components/Table";
import { experiments } from "@/i18n/experiments";
import { useText } from "@/lib/language";
import { type Got, useGet } from "@/lib/query";
import { useUrlState } from "@/lib/url";
import { flipped, matching } from "./filter";
import { useColumns } from "./useColumns";

const ROWS = 200;

interface LibraryProps {
  chosen: string;
  onOpen(name: string): void;
  /** Names that are compared. */
  compared: readonly string[];
  onCompare(address: string): void;
}

/** Every experiment that can be run, with how its newest run ended. */
export function LibraryPanel({ chosen, onOpen, compared, onCompare }: LibraryProps) {
  const t = useText(experiments);
  const [text, setText] = useUrlState("q");
  const [protocol, setProtocol] = useUrlState("protocol");
  const [vote, setVote] = useUrlState("vote");
  const library = useGet("/v1/experiments", { query: { limit: ROWS } });
  const columns = useColumns(compared, (name) => onCompare(flipped(compared, name)));
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
        <div className="flex flex-wrap gap-2">
          <input
            type="search"
            aria-label={t("filter")}
            placeholder={t("filter")}
            value={text}
            onChange={(event) => setText(event.target.value)}
            className="h-7 w-40 rounded-md border border-line bg-transparent px-2 text-sm"
          />
          <Pick
            label={t("protocol")}
            value={protocol}
            options={[
              ["", t("anyProtocol")],
              ["single_split", t("single_split")],
              ["walk_forward", t("walk_forward")],
            ]}
            onChange={setProtocol}
          />
          <Pick
            label={t("vote")}
            value={vote}
            options={[["", t("anyVote")], ...votesOf(library), ["none", t("noVote")]]}
            onChange={setVote}
          />
        </div>
      }
    >
      {({ items }) => {
        const shown = matching(items, { text, protocol, vote });
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

/** The votes that there are. */
function votesOf(library: Got<Shape<"ExperimentPage">>): [string, string][] {
  const votes = library.data?.items.flatMap(({ last_run }) => last_run?.vote ?? []) ?? [];
  return [...new Set(votes)].sort().map((vote) => [vote, vote]);
}
