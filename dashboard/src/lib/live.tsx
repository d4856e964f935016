"use client";
import { useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import type { Problem } from "@/api/client";
import { follow, type LiveEvent, type StreamState, type Told } from "@/api/stream";
import { refresh } from "./query";

/** What hangs on events: beginnings of paths that are asked for anew when one came. */
const TOUCHED: Partial<Record<LiveEvent["type"], readonly string[]>> = {
  account: ["/v1/risk", "/readyz"],
  signal: ["/v1/signals"],
  trade: ["/v1/fills", "/v1/trades"],
  kill_switch: ["/v1/kill-switch", "/v1/risk"],
  resume: ["/v1/risk"],
  breach: ["/v1/risk"],
  proposal: ["/v1/proposals", "/v1/models", "/v1/champion", "/v1/audit"],
  promotion: ["/v1/deployments", "/v1/champion", "/v1/models", "/v1/audit"],
  rollback: ["/v1/deployments", "/v1/champion", "/v1/models", "/v1/audit"],
  deployment: ["/v1/deployments", "/v1/models", "/v1/audit"],
  load_gate: ["/v1/deployments"],
  drift: ["/v1/drift"],
  parity: ["/v1/parity"],
  data: ["/v1/data/quality"],
  quarantine_released: ["/v1/quarantine", "/v1/data/quality"],
  quarantine_dropped: ["/v1/quarantine", "/v1/data/quality"],
  gap: ["/"],
  live: ["/"],
};
/** Bars come up to 20 a second in a fast simulation; nobody reads as fast. */
const PACE_MS = 1000;

export interface LiveState {
  state: StreamState;
  /** Since when it is so, in milliseconds since 1970. */
  since: number;
  problem: Problem | null;
  /** The database is away; the stream itself lives. */
  stale: boolean;
  /** When the last event came, in milliseconds since 1970; null before the first. */
  heard: number | null;
}

type Listener = (events: Told<LiveEvent>[]) => void;
interface Live {
  status: LiveState;
  listen(listener: Listener): () => void;
}

const Context = createContext<Live | null>(null);

/** One stream for all pages. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const listeners = useRef(new Set<Listener>());
  const [status, setStatus] = useState<LiveState>(() => ({
    state: "connecting",
    since: Date.now(),
    problem: null,
    stale: false,
    heard: null,
  }));
  useEffect(() => {
    const touched = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tellAnew = () => {
      timer = undefined;
      void refresh(client, [...touched]);
      touched.clear();
    };
    const stream = follow<LiveEvent>("/v1/stream", {
      endless: true,
      onState: (state, problem) => {
        if (problem?.isLoggedOut) void refresh(client, ["/v1/session"]);
        setStatus((old) => {
          const since = old.state === state ? old.since : Date.now();
          return { ...old, state, problem, since };
        });
      },
      onMissed: () => void refresh(client, ["/"]),
      onEvents: (events) => {
        for (const event of events) for (const path of TOUCHED[event.type] ?? []) touched.add(path);
        for (const listener of listeners.current) listener(events);
        const words = events.findLast(({ type }) => type === "stale" || type === "live");
        setStatus((old) => ({
          ...old,
          heard: Date.now(),
          stale: words === undefined ? old.stale : words.type === "stale",
        }));
        if (touched.size > 0) timer ??= setTimeout(tellAnew, PACE_MS);
      },
    });
    return () => {
      stream.stop();
      clearTimeout(timer);
    };
  }, [client]);
  const [listen] = useState(() => (listener: Listener) => {
    listeners.current.add(listener);
    return () => void listeners.current.delete(listener);
  });
  const value = useMemo(() => ({ status, listen }), [status, listen]);
  return <Context value={value}>{children}</Context>;
}

function useContextual(): Live {
  const live = useContext(Context);
  if (live === null) throw new Error("useLive needs a LiveProvider.");
  return live;
}

/** Whether the stream lives, and since when. */
export function useLive(): LiveState {
  return useContextual().status;
}

/** Since when what is shown may be old, because the stream or the database is away; null: it isn't. */
export function useStaleSince(): number | null {
  const { state, since, stale, heard } = useLive();
  if (stale) return heard ?? since;
  return state === "lost" ? since : null;
}

/** Call a function with events as they come; those of one packet together. Nothing re-renders. */
export function useLiveEvents(listener: Listener): void {
  const { listen } = useContextual();
  const newest = useRef(listener);
  useLayoutEffect(() => {
    newest.current = listener;
  });
  useEffect(() => listen((events) => newest.current(events)), [listen]);
}
