"use client";
import type { ReactNode } from "react";
import { Frame } from "@/components/Panel";
import { Tag } from "@/components/Tag";
import { proposals } from "@/i18n/proposals";
import { useFormat, useText } from "@/lib/language";
import { type Got, useGet } from "@/lib/query";
import { storedPeriod } from "../replay/period";
import type { Proposal } from "./checks";
import type { Evidence } from "./evidence";
import { numberIn, recordIn } from "./figures";
import { splitsOf } from "./splits";

interface DataSeenProps {
  proposal: Proposal;
  evidence: Got<Evidence>;
}

/** The data card in short: which sessions, what is odd about them, and what has moved since. */
export function DataSeen({ proposal, evidence }: DataSeenProps) {
  const t = useText(proposals);
  const notes = evidence.data?.data.notes ?? [];
  return (
    <Frame
      title={t("data")}
      aside={
        <a href="/data/" className="text-xs text-accent hover:underline">
          {t("toData")}
        </a>
      }
    >
      <div className="grid gap-x-10 gap-y-4 lg:grid-cols-2">
        <div className="flex flex-col gap-4">
          <Splits proposal={proposal} evidence={evidence.data} />
          <dl className="flex flex-col gap-2">
            <LookAhead proposal={proposal} />
            <Drift model={proposal.model_id} />
            <Quarantine />
          </dl>
        </div>
        {notes.length > 0 ? (
          <ul className="flex list-disc flex-col gap-1 pl-4 text-muted" lang="en">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        ) : null}
      </div>
    </Frame>
  );
}

function Splits({ proposal, evidence }: { proposal: Proposal; evidence: Evidence | undefined }) {
  const t = useText(proposals);
  const f = useFormat();
  const quality = useGet("/v1/data/quality");
  const stored = quality.data ? storedPeriod(quality.data.bars) : null;
  const head = "border-b border-line pb-1 pl-3 text-left text-xs font-medium text-muted first:pl-0";
  return (
    <table className="w-full border-collapse">
      <thead>
        <tr>
          <th scope="col" className={head}>
            {t("split")}
          </th>
          <th scope="col" className={head}>
            {t("from")}
          </th>
          <th scope="col" className={head}>
            {t("to")}
          </th>
          <th scope="col" className={`${head} text-right!`}>
            {t("bars")}
          </th>
        </tr>
      </thead>
      <tbody>
        {splitsOf(proposal, evidence, stored).map(({ name, start, end, rows, configured }) => (
          <tr key={name} className="border-b border-line">
            <th scope="row" className="py-1 text-left font-normal">
              {t(name === "test" ? "testSplit" : name)}
            </th>
            <td className="py-1 pl-3 whitespace-nowrap max-sm:whitespace-normal">
              {start === null ? "–" : f.date(start)}
              {configured === null ? null : (
                <span className="block text-xs text-faint">
                  {t("configuredFrom", { day: f.date(configured) })}
                </span>
              )}
            </td>
            <td className="py-1 pl-3 whitespace-nowrap max-sm:whitespace-normal">
              {end === null ? "–" : f.date(end)}
            </td>
            <td className="py-1 pl-3 text-right">{f.count(rows)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4">
      <dt className="text-muted">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function LookAhead({ proposal }: { proposal: Proposal }) {
  const t = useText(proposals);
  const found = recordIn(proposal.evidence, "look_ahead");
  const [moments, changed] = [numberIn(found, "moments"), numberIn(found, "changed")];
  if (moments === null || changed === null) return null;
  return (
    <Fact name={t("lookAhead")}>
      <Tag tone={changed === 0 ? "good" : "bad"}>{t("lookAheadFound", { changed, moments })}</Tag>
    </Fact>
  );
}

/** How the features have moved since training, where the model has been watched live. */
function Drift({ model }: { model: string }) {
  const t = useText(proposals);
  const f = useFormat();
  const found = useGet("/v1/drift", { query: { model_id: model, limit: 100 } });
  if (found.data === undefined) return null;
  const [newest] = found.data.items;
  if (newest === undefined) return <Fact name={t("drift")}>{t("driftNone")}</Fact>;
  const alerts = found.data.items.filter(
    ({ session, alert }) => session === newest.session && alert,
  );
  const names = alerts.map(({ feature }) => feature).join(", ");
  return (
    <Fact name={t("drift")}>
      {alerts.length === 0 ? (
        <Tag tone="good">{t("driftFine", { day: f.date(newest.session) })}</Tag>
      ) : (
        <span className="font-medium text-bad">{t("driftAlert", { names })}</span>
      )}
    </Fact>
  );
}

const MOST = 100;

/** What waits in quarantine now; it is in no data set. */
function Quarantine() {
  const t = useText(proposals);
  const found = useGet("/v1/quarantine", { query: { resolved: false, limit: MOST } });
  if (found.data === undefined) return null;
  const n = found.data.items.length;
  const more = found.data.next_cursor === null ? "" : "+";
  return <Fact name={t("quarantine")}>{n === 0 ? t("quarantineNone") : `${n}${more}`}</Fact>;
}
