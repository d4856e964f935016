"use client";
import type { Shape } from "@/api/client";
import { Panel, Skeleton } from "@/components/Panel";
import { type Column, Table } from "@/components/Table";
import { Time } from "@/components/Time";
import { experiments } from "@/i18n/experiments";
import { useFormat, useText } from "@/lib/language";
import { useGet } from "@/lib/query";

type Spread = Shape<"SeedDistribution">["sharpe"];

/** What all seeds of each walk-forward did, at each multiple of the costs, with the verdict. */
export function WalkForwardsPanel() {
  const t = useText(experiments);
  const found = useGet("/v1/walk-forwards", { query: { limit: 5 } });
  return (
    <Panel
      title={t("walkForwards")}
      query={found}
      empty={{
        when: ({ items }) => items.length === 0,
        text: t("walkForwardsNone"),
        command: "cambio experiment run walk_forward_v1",
      }}
      skeleton={<Skeleton rows={4} columns={5} />}
    >
      {({ items }) =>
        items.map((one) => (
          <article key={`${one.name} ${one.created_at}`} className="mb-6 last:mb-0">
            <h3 className="flex justify-between gap-4 text-sm font-medium">
              {one.experiment} <Time value={one.created_at} shape="moment" />
            </h3>
            <p className="mt-1 mb-2 max-w-[80ch] text-muted">{one.verdict}</p>
            <Stitched name={one.experiment} of={one.stitched} />
          </article>
        ))
      }
    </Panel>
  );
}

function Stitched(props: { name: string; of: Record<string, Shape<"SeedDistribution">> }) {
  const { name, of } = props;
  const t = useText(experiments);
  const f = useFormat();
  const ratio = (key: string, header: string, pick: (spread: Spread) => number | null) => ({
    key,
    header,
    kind: "number" as const,
    cell: ([, found]: [string, Shape<"SeedDistribution">]) => f.ratio(pick(found.sharpe)),
  });
  const columns: Column<[string, Shape<"SeedDistribution">]>[] = [
    { key: "costs", header: t("costs"), cell: ([multiple]) => multiple.replace("x", "×") },
    ratio("lowest", t("lowest"), ({ minimum }) => minimum),
    ratio("quarter", t("quarter"), ({ lower }) => lower),
    ratio("median", t("median"), ({ median }) => median),
    ratio("highest", t("highest"), ({ maximum }) => maximum),
  ];
  const rows = Object.entries(of);
  return <Table label={name} columns={columns} rows={rows} id={([multiple]) => multiple} />;
}
