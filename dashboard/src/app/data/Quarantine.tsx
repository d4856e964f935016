"use client";
import { useState } from "react";
import { Button } from "@/components/Button";
import { Choice } from "@/components/Choice";
import { Panel, Skeleton } from "@/components/Panel";
import { common } from "@/i18n/common";
import { data as texts } from "@/i18n/data";
import { useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { useMay, useSession } from "@/lib/session";
import { useUrlState } from "@/lib/url";
import { Refused, type RefusedRow } from "./Refused";
import { type Decision, Resolve } from "./Resolve";

const ROWS = 20;
const NOBODY: ReadonlySet<number> = new Set();

/** Rows that were refused; who may, releases or drops the chosen ones. */
export function QuarantinePanel() {
  const t = useText(texts);
  const [shown, setShown] = useUrlState("rows", "open");
  const [place, setPlace] = useUrlState("at");
  const resolved = shown === "all";
  const query = { resolved, limit: ROWS, ...(place === "" ? {} : { cursor: place }) };
  const rows = useGet("/v1/quarantine", { query });
  return (
    <Panel
      title={t("quarantine")}
      query={rows}
      flush
      empty={{
        when: ({ items }) => items.length === 0,
        text: t("quarantineNone"),
      }}
      skeleton={<Skeleton rows={6} columns={5} />}
      aside={
        <Choice
          label={t("shown")}
          options={[
            ["open", t("open")],
            ["all", t("every")],
          ]}
          value={resolved ? "all" : "open"}
          onChange={(value) => {
            setPlace("");
            setShown(value);
          }}
        />
      }
    >
      {({ items, next_cursor }) => (
        <>
          <Chosen rows={items} />
          {place === "" && next_cursor === null ? null : (
            <div className="flex justify-end gap-2 px-4 py-2">
              {place === "" ? null : <Button onClick={() => setPlace("")}>{t("newer")}</Button>}
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

function Chosen({ rows }: { rows: readonly RefusedRow[] }) {
  const t = useText(texts);
  const c = useText(common);
  const { role } = useSession();
  const may = useMay("operator");
  const [wanted, setWanted] = useState<ReadonlySet<number>>(NOBODY);
  const [asking, setAsking] = useState<Decision | null>(null);
  const open = rows.filter((row) => row.resolution === null);
  const chosen = open.filter((row) => wanted.has(row.id));
  const homeless = chosen.some((row) => row.content === null);
  const why = may ? undefined : c("needsOperator", { role });
  const all = chosen.length === open.length;
  const flip = (id: number) => {
    const next = new Set(wanted);
    if (!next.delete(id)) next.add(id);
    setWanted(next);
  };
  return (
    <>
      {open.length === 0 ? null : (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-4 pb-2">
          <Button
            look="quiet"
            className="-ml-3"
            onClick={() => setWanted(all ? NOBODY : new Set(open.map(({ id }) => id)))}
          >
            {all ? t("chooseNone") : t("chooseAll")}
          </Button>
          <span className="grow text-xs text-muted" role="status">
            {chosen.length === 0 ? "" : t("chosen", { n: chosen.length })}
          </span>
          <Button
            disabled={!may || chosen.length === 0 || homeless}
            title={why ?? (homeless ? t("hasNoPlace") : undefined)}
            onClick={() => setAsking("release")}
          >
            {t("release")}
          </Button>
          <Button
            disabled={!may || chosen.length === 0}
            title={why}
            onClick={() => setAsking("drop")}
          >
            {t("drop")}
          </Button>
          {why === undefined ? null : <p className="w-full text-xs text-muted">{why}</p>}
        </div>
      )}
      <Refused rows={rows} chosen={wanted} onChoose={may ? flip : null} />
      <Resolve
        rows={chosen}
        decision={asking}
        onDone={() => setWanted(NOBODY)}
        onClose={() => setAsking(null)}
      />
    </>
  );
}
