"use client";
import type { Shape } from "@/api/client";
import { type Got, useGet } from "@/lib/query";
import type { Values } from "./curves/scale";

export type Evidence = Shape<"Evidence">;

/** What a proposal rests on, session by session. It never changes, but another run renews it. */
export function useEvidence(proposalId: string): Got<Evidence> {
  return useGet("/v1/proposals/{proposal_id}/evidence", { path: { proposal_id: proposalId } });
}

/** Whether none was recorded, rather than that it can't be read. */
export const isMissing = (got: Got<Evidence>) =>
  got.data === undefined && got.error?.status === 404;

/** Worths as multiples of the capital, as returns since the start. */
export const returns = (worths: readonly number[] | undefined): Values =>
  (worths ?? []).map((worth) => worth - 1);

/** The multiples of the costs that were tried, ascending: "x0", "x1" … */
export const costsOf = (evidence: Evidence): string[] =>
  Object.keys(evidence.policy).sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));

/** A part of a result: its name in the API, what it brought, and in how many pieces. */
export interface Part {
  name: string;
  value: number;
  count: number;
  /** A second figure where there is one: a Sharpe ratio, or a win rate. */
  second: number | null;
}

const NIGHT = /^nights/;
const GAP = /^gap/;

/** The hours of the session, and gaps where one was held through. Money; bars held. */
export function byHour({ hours }: Pick<Evidence, "hours">): Part[] {
  return hours
    .filter(({ name, held }) => !NIGHT.test(name) && (!GAP.test(name) || held > 0))
    .map(({ name, result, held }) => ({ name, value: result, count: held, second: null }));
}

/** What was earned within sessions, over nights, and what the nights cost. Money; bars held. */
export function byNight({ hours }: Pick<Evidence, "hours">): Part[] {
  const within = hours.filter(({ name }) => !NIGHT.test(name));
  const sum = (pick: (one: (typeof hours)[number]) => number) =>
    within.reduce((total, one) => total + pick(one), 0);
  return [
    {
      name: "intraday",
      value: sum((one) => one.result),
      count: sum((one) => one.held),
      second: null,
    },
    ...hours
      .filter(({ name }) => NIGHT.test(name))
      .map(({ name, result, held }) => ({ name, value: result, count: held, second: null })),
  ];
}

/** Long against short. Money; trades; win rates. */
export function bySide({ trades }: Pick<Evidence, "trades">): Part[] {
  const sides = trades.find((group) => group.some(({ kind }) => kind === "Long")) ?? [];
  return sides.map(({ kind, result, trades: count, win_rate }) => ({
    name: kind,
    value: result,
    count,
    second: win_rate,
  }));
}

/** Sessions by a regime: `vix` or `weekday`. Returns; sessions; Sharpe ratios. */
export function byGroup({ groups }: Pick<Evidence, "groups">, name: string): Part[] {
  return (groups[name] ?? []).map((one) => ({
    name: one.name,
    value: one.total_return,
    count: one.sessions,
    second: one.sharpe_ratio,
  }));
}

/** The months, as `YYYY-MM`. Returns; the count is of months. */
export function byMonth({ months }: Pick<Evidence, "months">): Part[] {
  return months.flatMap(({ year, months: of }) =>
    of.flatMap((value, n) =>
      value === null
        ? []
        : [{ name: `${year}-${String(n + 1).padStart(2, "0")}`, value, count: 1, second: null }],
    ),
  );
}
