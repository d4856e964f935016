import { afterEach, expect, it, vi } from "vitest";
import { backoff, follow, type Told } from "./stream";

interface Event {
  type: string;
}
const answer = (text: string, status = 200) => new Response(text, { status });
const event = (id: number) => `id: ${id}\nevent: x\ndata: {"type":"x"}\n\n`;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function served(...answers: (() => Response)[]) {
  const asked: (string | null)[] = [];
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
    asked.push(new Headers(init.headers).get("Last-Event-ID"));
    const next = answers.shift();
    if (next === undefined) return new Promise(() => {});
    return next();
  });
  return asked;
}

it("goes on after the last event that came, once the connection is back", async () => {
  vi.useFakeTimers();
  const asked = served(
    () => answer(event(3) + event(4)),
    () => {
      throw new TypeError("network");
    },
    () => answer(event(5)),
  );
  const told: Told<Event>[] = [];
  const states: string[] = [];
  const stream = follow<Event>("/v1/stream", {
    endless: true,
    onEvents: (events) => told.push(...events),
    onState: (state) => states.push(state),
  });
  await vi.advanceTimersByTimeAsync(5_000);
  stream.stop();
  expect(told.map(({ id }) => id)).toEqual([3, 4, 5]);
  expect(asked).toEqual([null, "4", "4", "5"]);
  expect(states.slice(0, 5)).toEqual(["connecting", "live", "lost", "lost", "live"]);
});

it("does not ask again where it is not let in", async () => {
  vi.useFakeTimers();
  const asked = served(() => answer("{}", 401));
  follow<Event>("/v1/stream", { endless: true, onEvents: () => {} });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toHaveLength(1);
});

it("waits longer each time, up to a bound, and never all clients alike", () => {
  expect([0, 1, 2, 10].map((n) => backoff(n, () => 1))).toEqual([500, 1000, 2000, 15_000]);
  expect(backoff(1, () => 0)).toBe(500);
});
