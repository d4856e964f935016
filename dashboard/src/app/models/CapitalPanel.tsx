"use client";
import { api, data } from "@/api/client";
import { Panel } from "@/components/Panel";
import { Time } from "@/components/Time";
import { models } from "@/i18n/models";
import { useFormat, useText } from "@/lib/language";
import { type Got, useGet } from "@/lib/query";
import { Act, useNextBar } from "./Act";
import { formerChampion, type Report } from "./permits";

/** Who trades which share of the capital, and the two acts that change it at once. */
export function CapitalPanel({ query, staleSince }: { query: Got<Report>; staleSince: Stale }) {
  const t = useText(models);
  return (
    <Panel
      title={t("capital")}
      aside={query.data ? <Acts report={query.data} /> : null}
      query={query}
      staleSince={staleSince}
      empty={{
        when: ({ champion, challenger }) => champion === null && challenger === null,
        text: t("nobodyTrades"),
        command: "cambio proposals list",
      }}
      skeleton={<div className="h-20 rounded-md bg-raise" />}
    >
      {(report) => <Split report={report} />}
    </Panel>
  );
}

export type Stale = number | null;

function Split({ report: { champion, challenger } }: { report: Report }) {
  const t = useText(models);
  const f = useFormat();
  const percent = (share: number) => f.percent(share, { unit: true, digits: 0 });
  const held = challenger?.share ?? 0;
  const label =
    challenger === null
      ? t("alone", { champion: champion?.model_id ?? "–" })
      : t("split", {
          champion: champion?.model_id ?? "–",
          share: percent(champion?.share ?? 0),
          challenger: challenger.model_id,
          rest: percent(held),
        });
  return (
    <div className="flex flex-col gap-3">
      <svg role="img" aria-label={label} className="h-3 w-full overflow-hidden rounded-sm bg-raise">
        <rect width={`${(champion?.share ?? 0) * 100}%`} height="100%" className="fill-accent" />
        {held === 0 ? null : (
          <>
            <rect
              x={`${(1 - held) * 100}%`}
              width={`${held * 100}%`}
              height="100%"
              className="fill-muted"
            />
            <rect x={`${(1 - held) * 100}%`} width="2" height="100%" className="fill-panel" />
          </>
        )}
      </svg>
      <div className="flex flex-wrap justify-between gap-x-8 gap-y-3">
        {champion === null ? null : (
          <Holder of="champion" name={champion.model_id} share={percent(champion.share)}>
            {champion.promoted_at === null ? null : (
              <>
                {t("since")} <Time value={champion.promoted_at} shape="moment" />
              </>
            )}
            {champion.approved_by === null
              ? ""
              : `, ${t("approvedBy", { who: champion.approved_by })}`}
          </Holder>
        )}
        {challenger === null ? null : (
          <Holder of="challenger" name={challenger.model_id} share={percent(held)}>
            {t("since")} <Time value={challenger.stepped_at} shape="moment" />
            {`, ${t("startedBy", { who: challenger.started_by })}`}
          </Holder>
        )}
      </div>
    </div>
  );
}

function Holder(props: {
  of: "champion" | "challenger";
  name: string;
  share: string;
  children: React.ReactNode;
}) {
  const t = useText(models);
  const color = props.of === "champion" ? "fill-accent" : "fill-muted";
  return (
    <div className={props.of === "challenger" ? "sm:text-right" : ""}>
      <p className="flex items-baseline gap-2">
        <svg viewBox="0 0 8 8" aria-hidden="true" className={`size-2 ${color}`}>
          <rect width="8" height="8" rx="2" />
        </svg>
        <span className="text-xs text-muted">{t(props.of)}</span>
        <span className="min-w-0 font-semibold wrap-anywhere">{props.name}</span>
        <span className="text-base font-semibold whitespace-nowrap">{props.share}</span>
      </p>
      <p className="text-xs text-faint">{props.children}</p>
    </div>
  );
}

function Acts({ report }: { report: Report }) {
  const { challenger } = report;
  return (
    <div className="flex flex-wrap gap-2">
      {challenger === null ? (
        <Restore report={report} />
      ) : (
        <>
          <RollBack report={report} />
          <Promote report={report} />
        </>
      )}
    </div>
  );
}

const promote = (comment: string) =>
  data(api.POST("/v1/deployments/promote", { body: { comment } }));
const rollBack = (comment: string) =>
  data(api.POST("/v1/deployments/rollback", { body: { comment } }));

function useNames({ champion, challenger }: Report) {
  const f = useFormat();
  const bar = useNextBar();
  return {
    bar,
    champion: champion?.model_id ?? "–",
    model: challenger?.model_id ?? "–",
    share: f.percent(challenger?.share, { unit: true, digits: 0 }),
  };
}

function Promote({ report }: { report: Report }) {
  const t = useText(models);
  const names = useNames(report);
  return (
    <Act
      label={t("promote")}
      title={t("promoteTitle", names)}
      action={t("promoteAction")}
      danger
      needs="approver"
      refusal={null}
      send={promote}
    >
      {t("promoteText", names)}
    </Act>
  );
}

function RollBack({ report }: { report: Report }) {
  const t = useText(models);
  const names = useNames(report);
  return (
    <Act
      label={t("rollBack")}
      title={t("rollBackTitle", names)}
      action={t("rollBackAction")}
      danger
      needs="operator"
      refusal={null}
      send={rollBack}
    >
      {t("rollBackText", names)}
    </Act>
  );
}

const MOST = { query: { limit: 500 } } as const;

/** Without a challenger a rollback brings the former champion back. */
function Restore({ report }: { report: Report }) {
  const t = useText(models);
  const names = useNames(report);
  const audit = useGet("/v1/audit", MOST);
  const archived = useGet("/v1/models", { query: { stage: "archived", limit: 500 } });
  const former = formerChampion(
    audit.data?.items ?? [],
    new Set(archived.data?.items.map(({ model_id }) => model_id)),
    audit.data?.next_cursor === null && archived.data?.next_cursor === null,
  );
  const model = former ?? t("formerUnknown");
  return (
    <Act
      label={t("restore")}
      title={t("restoreTitle", { model })}
      action={t("restoreAction")}
      danger
      needs="operator"
      refusal={former === null ? "noFormer" : null}
      send={rollBack}
    >
      {t("restoreText", { ...names, model })}
    </Act>
  );
}
