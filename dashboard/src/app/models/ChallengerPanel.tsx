"use client";
import { Figure, Figures } from "@/components/Figure";
import { Panel } from "@/components/Panel";
import { Time } from "@/components/Time";
import { models } from "@/i18n/models";
import { useFormat, useLanguage, useText } from "@/lib/language";
import type { Got } from "@/lib/query";
import type { Stale } from "./CapitalPanel";
import { Interval } from "./Interval";
import type { Report } from "./permits";
import { type Challenger, standingOf } from "./standing";

/** How the challenger compares with the champion at its present share, and what it lacks. */
export function ChallengerPanel({ query, staleSince }: { query: Got<Report>; staleSince: Stale }) {
  const t = useText(models);
  return (
    <Panel
      title={t("paired")}
      query={query}
      staleSince={staleSince}
      empty={{
        when: ({ challenger }) => challenger === null,
        text: t("noChallenger"),
        command: 'cambio deploy start MODEL_ID --comment "…"',
      }}
    >
      {({ challenger }) => (challenger === null ? null : <Compared challenger={challenger} />)}
    </Panel>
  );
}

function Compared({ challenger }: { challenger: Challenger }) {
  const t = useText(models);
  const f = useFormat();
  return (
    <div className="flex flex-col gap-4">
      <Words challenger={challenger} />
      <Interval challenger={challenger} />
      <Figures>
        <Figure label={t("difference")} note={t("differenceNote")}>
          {f.ratio(challenger.sharpe_difference, { sign: true })}
        </Figure>
        <Figure
          label={t("sessions")}
          note={
            <>
              {t("since")} <Time value={challenger.stepped_at} shape="moment" />
            </>
          }
        >
          {f.count(challenger.sessions)}
        </Figure>
      </Figures>
    </div>
  );
}

/** The verdict, and what is missing; the engine's own sentence where it says more. */
function Words({ challenger }: { challenger: Challenger }) {
  const t = useText(models);
  const f = useFormat();
  const language = useLanguage();
  const { verdict, missing } = standingOf(challenger);
  const share = f.percent(challenger.next_share, { unit: true, digits: 0 });
  const acts = verdict === "steps" || verdict === "promotes" || verdict === "rollsBack";
  const engine = (
    <p className="text-muted">
      {language === "en" ? null : `${t("inItsWords")} `}
      <span lang="en">{challenger.verdict}</span>
    </p>
  );
  if (verdict === null) return engine;
  return (
    <div className="flex flex-col gap-1">
      <p className="text-base font-semibold">{t(verdict, { share })}</p>
      {missing === null ? null : <p className="text-muted">{t("lacksSessions", missing)}</p>}
      {verdict === "undecided" ? <p className="text-muted">{t("lacksBetter")}</p> : null}
      {acts ? <p className="text-muted">{t("afterSession")}</p> : null}
    </div>
  );
}
