"use client";
import type { Shape } from "@/api/client";
import { Button } from "@/components/Button";
import { Panel, Skeleton } from "@/components/Panel";
import { type Column, Table } from "@/components/Table";
import { experiments } from "@/i18n/experiments";
import { useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { Value } from "./Differences";
import { type Section, sectionsOf } from "./settings";

type Change = Shape<"Change">;
type Detail = Shape<"ExperimentDetail">;

/** What an experiment changes of the one that it stands on, and all that it comes to. */
export function ChangesPanel({ name, onClose }: { name: string; onClose(): void }) {
  const t = useText(experiments);
  const found = useGet("/v1/experiments/{name}", { path: { name } });
  return (
    <Panel
      title={t("changes", { name })}
      query={found}
      flush
      skeleton={<Skeleton rows={3} columns={3} />}
      aside={
        <Button look="quiet" className="h-7! px-2! text-xs!" onClick={onClose}>
          {t("closeIt")}
        </Button>
      }
    >
      {(detail) => <Told detail={detail} />}
    </Panel>
  );
}

function Told({ detail }: { detail: Detail }) {
  const t = useText(experiments);
  const { changes, configuration, extends: bases, name } = detail;
  const columns: Column<Change>[] = [
    { key: "key", header: t("key"), cell: (row) => row.key, lead: true },
    { key: "before", header: bases[0] ?? t("before"), cell: (row) => <Value of={row.base} /> },
    { key: "own", header: t("own"), cell: (row) => <Value of={row.own} />, grow: true },
  ];
  const changed = new Set(changes.map(({ key }) => key));
  const description = configuration.description;
  return (
    <div className="flex flex-col gap-3 pb-3">
      <p className="px-4 text-muted">
        {typeof description === "string" ? description : ""}{" "}
        {bases.length === 0 ? t("changesNone") : t("standsOn", { bases: bases.join(" → ") })}
      </p>
      {changes.length === 0 ? null : (
        <Table
          label={t("changes", { name })}
          columns={columns}
          rows={changes}
          id={(row) => row.key}
        />
      )}
      <details className="px-4">
        <summary className="text-xs text-muted hover:text-text">{t("allSettings")}</summary>
        <div className="grid gap-x-8 gap-y-4 pt-3 sm:grid-cols-2 xl:grid-cols-4">
          {sectionsOf(configuration).map((section) => (
            <Settings key={section.name} of={section} changed={changed} />
          ))}
        </div>
      </details>
    </div>
  );
}

function Settings({ of, changed }: { of: Section; changed: ReadonlySet<string> }) {
  const t = useText(experiments);
  const full = (key: string) => (of.name === "" ? key : `${of.name}.${key}`);
  return (
    <section className="min-w-0">
      <h3 className="mb-1 text-xs font-semibold">{of.name === "" ? t("general") : of.name}</h3>
      <dl className="text-xs">
        {of.settings.map(({ key, value }) => (
          <div
            key={key}
            className={`flex justify-between gap-4 border-b border-line py-0.5 ${changed.has(full(key)) ? "text-accent" : ""}`}
          >
            <dt className={`truncate ${changed.has(full(key)) ? "" : "text-muted"}`}>{key}</dt>
            <dd className="whitespace-nowrap">
              <Value of={value} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
