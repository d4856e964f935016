"use client";
import type { Shape } from "@/api/client";
import { Change } from "@/components/Change";
import { Figure, Figures } from "@/components/Figure";
import { Panel } from "@/components/Panel";
import { resultColor, Side } from "@/components/Side";
import { Tag } from "@/components/Tag";
import { Time } from "@/components/Time";
import { live } from "@/i18n/live";
import { useFormat, useText } from "@/lib/language";
import { useStaleSince } from "@/lib/live";
import { useGet } from "@/lib/query";

/** What the champion holds since when, and what became of the money. */
export function PositionPanel() {
  const t = useText(live);
  const f = useFormat();
  const risk = useGet("/v1/risk");
  const staleSince = useStaleSince();
  return (
    <Panel
      title={t("position")}
      query={risk}
      staleSince={staleSince}
      empty={{
        when: ({ books }) => !books.some(({ role }) => role === "champion"),
        text: t("nobody"),
        command: "cambio live",
      }}
    >
      {({ books, account, limits }) => {
        const book = books.find(({ role }) => role === "champion");
        if (book === undefined) return null;
        const day = account === null ? null : -account.daily_loss;
        return (
          <div className="flex flex-col gap-4">
            <Held book={book} />
            <Figures>
              <Figure label={t("equity")}>
                <Change of={account?.equity ?? null}>{f.money(account?.equity)}</Change>
              </Figure>
              <Figure
                label={t("today")}
                note={t("limit", { limit: f.percent(-limits.max_daily_loss, { unit: true }) })}
              >
                <span className={resultColor(day)}>
                  <Change of={day}>{f.percent(day, { sign: true, unit: true })}</Change>
                </span>
              </Figure>
              <Figure
                label={t("drawdown")}
                note={t("limit", { limit: f.percent(-limits.max_drawdown, { unit: true }) })}
              >
                {f.percent(account === null ? null : -account.drawdown, { unit: true })}
              </Figure>
              <Figure
                label={t("trades")}
                note={t("limit", { limit: f.count(limits.max_trades_per_session) })}
              >
                {f.count(book.trades_today)}
              </Figure>
            </Figures>
          </div>
        );
      }}
    </Panel>
  );
}

/** "short since 09:35, +0.42 %". */
function Held({ book }: { book: Shape<"BookRisk"> }) {
  const t = useText(live);
  const f = useFormat();
  const fills = useGet("/v1/fills", { query: { model_id: book.model_id, limit: 1 } });
  const signals = useGet("/v1/signals", { query: { model_id: book.model_id, limit: 1 } });
  const entry = fills.data?.items[0];
  const price = signals.data?.items[0]?.price;
  const gain = entry && price ? book.position * (price / entry.price - 1) : null;
  const holds = book.position !== 0 && entry?.to_position === book.position;
  return (
    <div className="flex flex-wrap items-baseline justify-between gap-2">
      <p className="text-lg">
        <Side position={book.position} />
        {holds ? (
          <span className="text-base text-muted">
            {" "}
            {t("since")} <Time value={entry.timestamp} shape="when" />{" "}
            {t("entry", { price: f.price(entry.price) })}
            <span className={`font-semibold ${resultColor(gain)}`}>
              {", "}
              <Change of={gain}>{f.percent(gain, { sign: true, unit: true })}</Change>
            </span>
          </span>
        ) : null}
      </p>
      {book.drawdown_breached ? <Tag tone="bad">{t("breached")}</Tag> : null}
    </div>
  );
}
