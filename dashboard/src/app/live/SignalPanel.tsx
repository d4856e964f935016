"use client";
import type { Shape } from "@/api/client";
import { Change } from "@/components/Change";
import { Figure, Figures } from "@/components/Figure";
import { Panel } from "@/components/Panel";
import { Tag } from "@/components/Tag";
import { Time } from "@/components/Time";
import { live } from "@/i18n/live";
import { reasons } from "@/i18n/reasons";
import { useFormat, useText } from "@/lib/language";
import { useStaleSince } from "@/lib/live";
import { useGet } from "@/lib/query";

type Signal = Shape<"SignalSummary">;

/** The champion's newest decision, and what risk said, in words. */
export function SignalPanel() {
  const t = useText(live);
  const f = useFormat();
  const staleSince = useStaleSince();
  const signals = useGet("/v1/signals", { query: { role: "champion", limit: 1 } });
  return (
    <Panel
      title={t("signal")}
      query={signals}
      staleSince={staleSince}
      empty={{
        when: ({ items }) => items.length === 0,
        text: t("noSignal"),
        command: "cambio live",
      }}
    >
      {({ items: [signal] }) =>
        signal === undefined ? null : (
          <div className="flex flex-col gap-4">
            <div className="flex flex-wrap items-center gap-2">
              <span className="text-base font-semibold">
                <Change of={signal.signal_id}>{t(WANTS[signal.action])}</Change>
              </span>
              <Verdict signal={signal} />
            </div>
            <Figures>
              <Figure label={t("confidence")}>{f.ratio(signal.confidence)}</Figure>
              <Figure label={t("price")}>{f.price(signal.price)}</Figure>
              <Figure label={t("latency")}>{f.number(signal.latency_ms, 1)}</Figure>
              <Figure label={t("bar")}>
                <Time value={signal.timestamp} shape="when" />
              </Figure>
            </Figures>
          </div>
        )
      }
    </Panel>
  );
}

export const WANTS = { BUY: "buy", SELL: "sell", HOLD: "hold" } as const;

function Verdict({ signal }: { signal: Signal }) {
  const t = useText(live);
  const why = useText(reasons);
  if (signal.late) return <Tag tone="bad">{t("late")}</Tag>;
  if (signal.blocked_by.length === 0) return <Tag tone="good">{t("allowed")}</Tag>;
  const words = signal.blocked_by.map((reason) => why(reason)).join(", ");
  return <span className="text-muted">{t("blocked", { reasons: words })}</span>;
}
