"use client";
import type { ReactNode } from "react";
import { Change } from "@/components/Change";
import { coded } from "@/components/coded";
import { resultColor, Side } from "@/components/Side";
import { common } from "@/i18n/common";
import { useFormat, useText } from "@/lib/language";
import { useLive } from "@/lib/live";
import { BAR_S, BARS, barNumber, sessionAt } from "@/lib/market";
import { useGet } from "@/lib/query";
import { useSession } from "@/lib/session";
import { atHome } from "@/lib/shell";
import { KillSwitch } from "./KillSwitch";
import { behind, type Health, LOUD, type Market, type Part, useHealth, useMarket } from "./market";

const PACE_MS = 15_000;

/** Where the market and the product stand, in one line that never scrolls. */
export function StatusBar() {
  const t = useText(common);
  const market = useMarket();
  const health = useHealth(market);
  return (
    <header className="sticky top-0 z-10 flex h-11 items-center gap-x-5 border-b border-line bg-panel px-4 text-xs text-muted max-sm:gap-x-3">
      <Clock market={market} />
      <DataAge market={market} />
      <div className="flex items-center gap-3">
        {(Object.keys(health) as Part[]).map((part) => (
          <Dot key={part} name={t(part)} health={health[part]} behind={behind(market)} />
        ))}
      </div>
      <Standing />
      <KillSwitch />
    </header>
  );
}

function Clock({ market: { now, newest, simulated } }: { market: Market }) {
  const t = useText(common);
  const f = useFormat();
  if (now === 0) return <span className="h-4 w-32 rounded-sm bg-raise" />;
  const session = sessionAt(now);
  let text: string;
  if (simulated && newest !== null) {
    const n = (barNumber(newest) ?? 0) + 1;
    const at = newest + BAR_S * 1000;
    text = t("simulated", { day: f.day(at), clock: f.clock(at), n, all: BARS });
  } else if (session.open) text = t("bars", { clock: f.clock(now), n: session.closed, all: BARS });
  else
    text = t("closedUntil", { day: f.weekday(session.opensAt), clock: f.clock(session.opensAt) });
  return (
    <span className="truncate font-medium text-text" title={f.utc(now)}>
      {text}
    </span>
  );
}

function DataAge({ market: { now, newest, simulated } }: { market: Market }) {
  const t = useText(common);
  const f = useFormat();
  if (now === 0 || simulated) return null;
  const closed = newest === null ? null : newest + BAR_S * 1000;
  return (
    <span className="whitespace-nowrap max-lg:hidden" title={closed === null ? "" : f.utc(closed)}>
      {closed === null ? t("noBars") : t("dataAge", { age: f.span((now - closed) / 1000) })}
    </span>
  );
}

function Dot({ name, health, behind }: { name: string; health: Health; behind: number }) {
  const t = useText(common);
  const loud = LOUD.has(health);
  const { home } = useSession();
  const words = t(health, { n: behind });
  const hint = words.replace(/`(cambio live)`/, (_, command: string) => atHome(command, home));
  return (
    <span
      role={loud ? "alert" : undefined}
      title={`${name}: ${hint.replaceAll("`", "")}`}
      className={`flex items-center gap-1.5 whitespace-nowrap ${loud ? "font-medium text-bad" : "max-md:hidden"}`}
    >
      <span aria-hidden="true" className={`size-1.5 rounded-full ${dotColor(health)}`} />
      {name}
      <span className={loud ? "max-xl:sr-only" : "sr-only"}>{coded(words)}</span>
    </span>
  );
}

function dotColor(health: Health): string {
  if (LOUD.has(health)) return "bg-bad";
  return health === "ok" ? "bg-good" : "bg-faint";
}

function Standing() {
  const t = useText(common);
  const f = useFormat();
  const risk = useGet("/v1/risk", {}, { every: PACE_MS });
  const champion = risk.data?.books.find((book) => book.role === "champion");
  const account = risk.data?.account;
  const result = account ? -account.daily_loss : null;
  return (
    <div className="ml-auto flex items-center gap-x-5 max-sm:gap-x-3">
      <Labelled label={t("position")}>
        {champion ? <Side position={champion.position} /> : "–"}
      </Labelled>
      <Labelled label={t("today")} className="max-sm:hidden">
        <span className={`font-medium ${resultColor(result)}`}>
          <Change of={result}>{f.percent(result, { sign: true, unit: true })}</Change>
        </span>
      </Labelled>
    </div>
  );
}

function Labelled(props: { label: string; className?: string; children: ReactNode }) {
  return (
    <span className={`flex items-baseline gap-1.5 whitespace-nowrap ${props.className ?? ""}`}>
      <span className="max-md:sr-only">{props.label}</span>
      {props.children}
    </span>
  );
}

/** Says that what is shown may be old. */
export function StreamNotice({ now }: { now: number }) {
  const t = useText(common);
  const f = useFormat();
  const { state, since, stale } = useLive();
  if (state !== "lost" && !stale) return null;
  return (
    <p role="alert" className="border-b border-bad bg-panel px-4 py-1.5 text-xs text-bad">
      {state === "lost" ? t("streamLost", { age: f.span((now - since) / 1000) }) : t("streamStale")}
    </p>
  );
}
