"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Problem, type Shape, UNREACHABLE } from "@/api/client";
import { useNow } from "@/lib/clock";
import { useLive, useLiveEvents } from "@/lib/live";
import { BAR_S, barNumber, sessionAt, sessionDay } from "@/lib/market";
import { type Got, useGet } from "@/lib/query";

const PACE_MS = 15_000;

/** `GET /readyz`, which answers 503 with the same content. */
export function useReadiness(): Got<Shape<"Ready">> {
  return useQuery<Shape<"Ready">, Problem>({
    queryKey: ["/readyz", {}],
    queryFn: async ({ signal }) => {
      const answer = await fetch("/readyz", { signal }).catch(() => null);
      if (answer === null) throw new Problem(0, UNREACHABLE, "");
      return (await answer.json()) as Shape<"Ready">;
    },
    refetchInterval: PACE_MS,
    retry: false,
  });
}

export interface Market {
  /** Milliseconds since 1970; 0 before the page lives. */
  now: number;
  /** Open of the newest bar, in milliseconds since 1970; null where there is none or none is known. */
  newest: number | null;
  /** The market that is shown keeps a clock of its own. */
  simulated: boolean;
}

/** Where the market stands, from the newest bar and the wall's clock. */
export function useMarket(): Market {
  const now = useNow();
  const { data } = useReadiness();
  const stored = useGet("/v1/bars", { query: { limit: 1 } }, { every: PACE_MS });
  const [told, setTold] = useState<number | null>(null);
  useLiveEvents((events) => {
    const last = events.findLast((event) => event.type === "account");
    if (last?.type !== "account" || last.data.late) return;
    setTold(new Date(last.data.timestamp).getTime());
  });
  const bar = stored.data?.items.at(-1)?.time;
  const newest = bar === undefined ? null : new Date(bar).getTime();
  return { now, newest: later(newest, told), simulated: data?.simulated ?? false };
}

function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

export type Health =
  | "ok"
  | "idle"
  | "unknown"
  | "feedBehind"
  | "engineBehind"
  | "notStarted"
  | "stopped"
  | "down"
  | "otherSchema";
export type Part = "feed" | "engine" | "database" | "bus";
export const LOUD: ReadonlySet<Health> = new Set([
  "feedBehind",
  "engineBehind",
  "stopped",
  "down",
  "otherSchema",
]);

/** Bars that a session has closed and that are not stored; 0 between sessions. */
export function behind({ now, newest, simulated }: Market): number {
  const session = sessionAt(now);
  if (simulated || !session.open || newest === null) return 0;
  const last = sessionDay(newest) === sessionDay(now) ? (barNumber(newest) ?? -1) : -1;
  return Math.max(0, session.closed - 1 - last);
}

/** How each part does that trading hangs on. */
export function useHealth(market: Market): Record<Part, Health> {
  const ready = useReadiness();
  const { stale } = useLive();
  const { data } = ready;
  if (data === undefined) {
    const known = ready.error === null ? "unknown" : "down";
    return { feed: "unknown", engine: "unknown", database: known, bus: "unknown" };
  }
  const late = behind(market) > 1;
  const rests = market.simulated ? data.engine !== "running" : !sessionAt(market.now).open;
  return {
    feed: market.newest === null ? "unknown" : late ? "feedBehind" : rests ? "idle" : "ok",
    engine: engineHealth(data, market, rests),
    database:
      stale || data.database === "down" ? "down" : data.schema === "other" ? "otherSchema" : "ok",
    bus: data.bus === "down" ? "down" : "ok",
  };
}

/** A simulated market is the engine's own: that it runs is all there is to know, where bars come
 * faster than anybody asks. */
function engineHealth(ready: Shape<"Ready">, market: Market, rests: boolean): Health {
  if (ready.last_bar == null) return "notStarted";
  if (ready.engine === "stopped") return "stopped";
  const decided = new Date(ready.last_bar).getTime();
  const behind = market.newest !== null && decided < market.newest - 2 * BAR_S * 1000;
  if (behind && !market.simulated) return "engineBehind";
  return rests ? "idle" : "ok";
}
