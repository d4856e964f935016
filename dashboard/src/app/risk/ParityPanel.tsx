"use client";
import type { Shape } from "@/api/client";
import { Hash } from "@/components/Hash";
import { Panel, Skeleton } from "@/components/Panel";
import { Tag } from "@/components/Tag";
import { risk } from "@/i18n/risk";
import { useFormat, useText } from "@/lib/language";
import { useStaleSince } from "@/lib/live";
import { useGet } from "@/lib/query";
import { differenceOf } from "./parity";

type Check = Shape<"ParityCheck">;
const ROWS = 7;

/** Whether live used in each session what the stored bars give. */
export function ParityPanel() {
  const t = useText(risk);
  const checks = useGet("/v1/parity", { query: { limit: ROWS } });
  const staleSince = useStaleSince();
  return (
    <Panel
      title={t("parity")}
      query={checks}
      staleSince={staleSince}
      empty={{
        when: ({ items }) => items.length === 0,
        text: t("noParity"),
        command: "cambio live",
      }}
      skeleton={<Skeleton rows={6} columns={3} />}
    >
      {({ items }) => (
        <>
          <p className="mb-2 text-xs text-muted">{t("parityText")}</p>
          <ul aria-label={t("parity")} className="flex flex-col">
            {items.map((one) => (
              <Line key={`${one.session} ${one.feature_spec_hash}`} check={one} />
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

function Line({ check }: { check: Check }) {
  const t = useText(risk);
  const f = useFormat();
  const same = check.difference === null;
  return (
    <li className="flex flex-col gap-1 border-t border-line py-1.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="min-w-24 font-medium whitespace-nowrap">{f.date(check.session)}</span>
        <span className="text-muted">
          {f.count(check.bars)} {t("bars").toLowerCase()}
        </span>
        <span className="max-sm:hidden">
          <Hash value={check.feature_spec_hash} length={8} />
        </span>
        <span className="ml-auto">
          <Tag tone={same ? "good" : "bad"}>{t(same ? "same" : "differs")}</Tag>
        </span>
      </div>
      {same ? null : <Difference check={check} />}
    </li>
  );
}

/** What differs first, down to the bit, and why that may be. */
function Difference({ check }: { check: Check }) {
  const t = useText(risk);
  const f = useFormat();
  const found = differenceOf(check.difference);
  if (found === null) return null;
  const { kind, bar, feature, live, batch, cause, bit } = found;
  const exact = (value: number | null) => (value === null ? t("missing") : String(value));
  const values = { feature, live: exact(live), batch: exact(batch) };
  return (
    <p className="text-muted">
      {t(kind, { ...values, day: bar ? f.day(bar) : "–", clock: bar ? f.clock(bar) : "–" })}{" "}
      {bit === null ? null : `${t(bit.part, { n: bit.n })} `}
      {t("cause")} <span lang="en">{cause}.</span>
    </p>
  );
}
