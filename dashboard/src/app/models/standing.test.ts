import { describe, expect, it } from "vitest";
import { type Challenger, drawn, standingOf } from "./standing";

const challenger = (changed: Partial<Challenger>): Challenger => ({
  deployment_id: 1,
  model_id: "ppo_v21",
  role: "challenger",
  share: 0.1,
  status: "RUNNING",
  started_by: "olga",
  started_at: "2026-11-02T13:00:00Z",
  stepped_at: "2026-11-02T13:00:00Z",
  ended_by: null,
  ended_at: null,
  reason: null,
  sessions: 12,
  sharpe_difference: null,
  low: null,
  high: null,
  move: "keep",
  next_share: 0.1,
  verdict: "12 of 20 sessions at 10% of the capital: too few.",
  ...changed,
});

describe("standingOf", () => {
  it("counts the sessions that are missing", () => {
    expect(standingOf(challenger({}))).toEqual({
      verdict: "tooFew",
      missing: { n: 8, all: 20 },
    });
  });

  it("is undecided while the interval holds 0", () => {
    const found = challenger({ low: -0.4, high: 1.2, verdict: "Not told apart yet: …" });
    expect(standingOf(found)).toEqual({ verdict: "undecided", missing: null });
  });

  it("names the next step and the top", () => {
    expect(standingOf(challenger({ move: "step", low: 0.2, high: 2 })).verdict).toBe("steps");
    expect(standingOf(challenger({ move: "promote", low: 0.2, high: 2 })).verdict).toBe("promotes");
  });

  it("is worse only where the interval says so", () => {
    const worse = challenger({ move: "roll_back", low: -3, high: -0.1, verdict: "Worse …" });
    expect(standingOf(worse).verdict).toBe("rollsBack");
  });

  it("leaves a hard limit to the engine's words", () => {
    const fell = "The book of ppo_v21 fell 5.02% from its peak; a challenger's may fall 5.00%.";
    expect(standingOf(challenger({ move: "roll_back", verdict: fell })).verdict).toBeNull();
    const measured = challenger({ move: "roll_back", low: -2, high: 3, verdict: fell });
    expect(standingOf(measured).verdict).toBeNull();
    const nobody = "There is no champion to compare it with.";
    expect(standingOf(challenger({ verdict: nobody })).verdict).toBeNull();
  });
});

describe("drawn", () => {
  it("puts 0 in the middle and rounds the scale up", () => {
    expect(drawn(-1, 4, 1)).toEqual({ low: 0.4, high: 0.9, at: 0.6, reach: 5 });
  });

  it("draws an end without bound to the edge", () => {
    expect(drawn(null, null, 0.5)).toEqual({ low: 0, high: 1, at: 0.75, reach: 1 });
  });
});
