"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Problem, Shape } from "@/api/client";
import { useLiveEvents } from "@/lib/live";
import { type Got, get, refresh, useGet } from "@/lib/query";
import { type EventType, type Log, withNewest, withOlder } from "./events";

const ROWS = 50;
const PATH = "/v1/events";
/** Events come up to hundreds a second in a fast simulation; nobody reads as fast. */
const PACE_MS = 1000;

export interface EventLog {
  query: Got<Shape<"EventPage">>;
  log: Log | null;
  older: { ask(): void; pending: boolean; problem: Problem | null };
}

/** The log of some types of events; it begins with the newest, which the stream keeps fresh.
 *
 * `key` names the types: another one is another log.
 */
export function useEventLog(types: readonly EventType[], key: string): EventLog {
  const asked = useMemo(() => ({ query: { type: [...types], limit: ROWS } }), [types]);
  const query = useGet(PATH, asked);
  const [held, setHeld] = useState<{ key: string; log: Log | null }>({ key, log: null });
  const shown = held.key === key ? held.log : null;
  const log = useMemo(
    () => (query.data === undefined ? null : withNewest(shown, query.data)),
    [query.data, shown],
  );
  useEffect(() => {
    if (log !== null) setHeld((old) => (old.key === key && old.log === log ? old : { key, log }));
  }, [key, log]);
  useFreshness(types);
  const older = useOlder(log, asked, (next) => setHeld({ key, log: next }));
  return { query, log, older };
}

/** Ask for the newest page again when the stream told one of the types; the history of the kill
 * switch hangs on the same path. */
function useFreshness(types: readonly EventType[]) {
  const client = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useLiveEvents((events) => {
    const wanted: ReadonlySet<string> = new Set([...types, "kill_switch", "gap", "live"]);
    if (timer.current !== undefined || !events.some(({ type }) => wanted.has(type))) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      void refresh(client, [PATH]);
    }, PACE_MS);
  });
}

type Asked = { query: { type: EventType[]; limit: number } };

function useOlder(log: Log | null, asked: Asked, keep: (log: Log) => void) {
  const [state, setState] = useState<{ pending: boolean; problem: Problem | null }>({
    pending: false,
    problem: null,
  });
  const newest = useRef({ log, asked, keep });
  newest.current = { log, asked, keep };
  const ask = async () => {
    if (log === null || log.cursor === null || state.pending) return;
    setState({ pending: true, problem: null });
    try {
      const page = await get(PATH, { query: { ...asked.query, cursor: log.cursor } });
      const now = newest.current;
      if (now.asked === asked && now.log !== null) now.keep(withOlder(now.log, page));
      setState({ pending: false, problem: null });
    } catch (error) {
      setState({ pending: false, problem: error as Problem });
    }
  };
  return { ask: () => void ask(), ...state };
}
