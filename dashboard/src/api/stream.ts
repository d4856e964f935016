import { changeHeaders, Problem, problemOf, UNREACHABLE } from "./client";
import type { components } from "./schema";
import { FrameReader } from "./sse";

type S = components["schemas"];
/** What `GET /v1/stream` tells. */
export type LiveEvent =
  | S["SignalEvent"]
  | S["TradeEvent"]
  | S["AccountEvent"]
  | S["NoticeEvent"]
  | S["StreamEvent"];
/** What `POST /v1/backtest/replay` tells. */
export type ReplayEvent = S["ProgressEvent"] | S["BarEvent"] | S["TradeEvent"] | S["ResultEvent"];

export type Told<E> = E & { id: number | null };
/** `lost`: the attempt failed and another follows; `ended`: the server had nothing more to say. */
export type StreamState = "connecting" | "live" | "lost" | "ended";

export interface StreamOptions<E> {
  /** Sent as JSON by POST; without it the stream is asked for by GET. */
  body?: unknown;
  /** Events in the order of arrival, those of one network packet together. */
  onEvents(events: Told<E>[]): void;
  onState?(state: StreamState, problem: Problem | null): void;
  /** It lives again after a loss, and had no event to go on from: what came meanwhile is unknown. */
  onMissed?(): void;
  /** Connect again after a loss, and after an end; else the first end is the end. */
  endless: boolean;
  /** Begin after this event. */
  after?: number | null;
}

/** Longest silence of a server that sends a heartbeat each 15 seconds. */
const SILENCE_MS = 40_000;
const FIRST_MS = 500;
const LONGEST_MS = 15_000;
/** What would fail again at once: who asks, and what. */
const HOPELESS = new Set([400, 401, 403, 404, 409, 413, 422]);

/** Wait before the n-th attempt after a loss, n from 0: doubling, with a spread of a half. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** attempt) * (0.5 + random() / 2);
}

/** Follow a stream until `stop` is called, resuming after the last event that came. */
export function follow<E>(path: string, options: StreamOptions<E>): { stop(): void } {
  const stopping = new AbortController();
  let last = options.after ?? null;
  let attempt = 0;
  let wasLost = false;

  const tell = (state: StreamState, problem: Problem | null = null) => {
    wasLost ||= state === "lost";
    if (!stopping.signal.aborted) options.onState?.(state, problem);
  };
  const took = (events: Told<E>[]) => {
    for (const event of events) if (event.id !== null) last = event.id;
    if (events.length > 0 && !stopping.signal.aborted) options.onEvents(events);
  };
  const run = async () => {
    while (!stopping.signal.aborted) {
      if (attempt === 0) tell("connecting");
      try {
        await once<E>(path, options.body, last, stopping.signal, took, () => {
          attempt = 0;
          tell("live");
          if (wasLost && last === null && !stopping.signal.aborted) options.onMissed?.();
          wasLost = false;
        });
        if (!options.endless) return tell("ended");
        tell("lost");
      } catch (error) {
        const problem = asProblem(error);
        tell("lost", problem);
        if (!options.endless || HOPELESS.has(problem.status)) return;
      }
      await pause(backoff(attempt), stopping.signal);
      attempt += 1;
    }
  };
  void run();
  return { stop: () => stopping.abort() };
}

async function once<E>(
  path: string,
  body: unknown,
  last: number | null,
  stop: AbortSignal,
  took: (events: Told<E>[]) => void,
  opened: () => void,
): Promise<void> {
  const silence = new AbortController();
  let alarm = setTimeout(() => silence.abort(), SILENCE_MS);
  const heard = () => {
    clearTimeout(alarm);
    alarm = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  try {
    const answer = await fetch(path, request(body, last, AbortSignal.any([stop, silence.signal])));
    if (!answer.ok || answer.body === null) {
      throw problemOf(answer.status, await answer.json().catch(() => null));
    }
    opened();
    const frames = new FrameReader();
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      heard();
      took(
        frames.push(part.value).map((frame) => ({
          ...(JSON.parse(frame.data) as E),
          id: frame.id === null ? null : Number(frame.id),
        })),
      );
    }
  } finally {
    clearTimeout(alarm);
  }
}

function request(body: unknown, last: number | null, signal: AbortSignal): RequestInit {
  const headers: Record<string, string> = { Accept: "text/event-stream" };
  if (last !== null) headers["Last-Event-ID"] = String(last);
  const common = { headers, signal, credentials: "same-origin", cache: "no-store" } as const;
  if (body === undefined) return common;
  Object.assign(headers, changeHeaders(), { "Content-Type": "application/json" });
  return { ...common, method: "POST", body: JSON.stringify(body) };
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, UNREACHABLE, error instanceof Error ? error.message : String(error));
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stop.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stop.addEventListener("abort", done);
  });
}
