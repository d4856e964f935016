"use client";
import { Hash } from "@/components/Hash";
import { Empty, Frame } from "@/components/Panel";
import { lineageNames } from "@/i18n/proposal-terms";
import { proposals } from "@/i18n/proposals";
import { type Catalogue, say } from "@/lib/catalogue";
import { NONE } from "@/lib/format";
import { useFormat, useLanguage, useText } from "@/lib/language";
import type { Proposal } from "./checks";
import { plainName } from "./figures";

const NAMES: Catalogue = lineageNames;
const SHOWN = 24;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** All that the model was made from; each hash to copy. */
export function Lineage({ proposal }: { proposal: Proposal }) {
  const t = useText(proposals);
  const language = useLanguage();
  const order = Object.keys(NAMES);
  const place = (name: string) => (order.indexOf(name) + order.length + 1) % (order.length + 1);
  const entries: [string, unknown][] = [
    ["proposal_id", proposal.proposal_id],
    ...Object.entries(proposal.lineage).sort(([a], [b]) => place(a) - place(b)),
  ];
  return (
    <Frame
      title={t("lineage")}
      aside={<span className="text-xs text-muted">{t("lineageHint")}</span>}
    >
      {entries.length === 1 ? <Empty text={t("noLineage")} /> : null}
      <dl className="grid gap-x-8 gap-y-2 sm:grid-cols-2 xl:grid-cols-3">
        {entries.map(([name, value]) => (
          <div
            key={name}
            className="flex min-w-0 items-baseline justify-between gap-4 border-b border-line pb-1"
          >
            <dt className="text-xs text-muted">
              {NAMES[name] === undefined ? plainName(name) : say(NAMES[name], language)}
            </dt>
            <dd className="min-w-0 text-right">
              <Value value={value} />
            </dd>
          </div>
        ))}
      </dl>
    </Frame>
  );
}

function Value({ value }: { value: unknown }) {
  const f = useFormat();
  if (value === null || value === undefined) return NONE;
  if (typeof value === "number") return String(value);
  if (typeof value === "object") {
    const told = JSON.stringify(value);
    return told === "{}" ? NONE : <code className="font-mono text-xs break-all">{told}</code>;
  }
  const text = String(value);
  return DAY.test(text) ? f.date(text) : <Hash value={text} length={SHOWN} />;
}
