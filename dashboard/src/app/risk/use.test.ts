import { describe, expect, it } from "vitest";
import { type Book, linesOf, type Report, stateOf, useOf } from "./use";

const account = {
  equity: 9_900,
  peak: 10_000,
  drawdown: 0.01,
  drawdown_breached: false,
  daily_loss: 0.005,
  daily_loss_breached: false,
};
const book = (model_id: string, changed: Partial<Book> = {}): Book => ({
  ...account,
  model_id,
  role: "champion",
  position: 0,
  trades_today: 0,
  consecutive_losses: 0,
  breaker_until: null,
  ...changed,
});
const report = (books: Book[], kill_switch = false): Report => ({
  as_of: "2025-08-06T17:55:00Z",
  limits: {
    confidence_threshold: 0.4,
    max_daily_loss: 0.02,
    max_drawdown: 0.15,
    max_consecutive_losses: 5,
    cooldown_minutes: 60,
    max_trades_per_session: 10,
    max_position: 1,
  },
  kill_switch,
  account,
  books,
});

describe("linesOf", () => {
  it("begins with the account and the champion", () => {
    const books = [book("c", { role: null }), book("b", { role: "shadow" }), book("a")];
    expect(linesOf(report(books)).map(({ name }) => name)).toEqual(["account", "a", "b", "c"]);
  });
});

describe("stateOf", () => {
  const state = (changed: Partial<Book>, kill = false) => {
    const one = book("a", changed);
    return stateOf({ name: "a", book: one, model: one }, report([one], kill));
  };

  it("tells the gravest first", () => {
    const late = { daily_loss_breached: true, breaker_until: "2025-08-06T18:55:00Z" };
    expect(state({ ...late, drawdown_breached: true }, true)).toBe("stopped");
    expect(state(late, true)).toBe("killed");
    expect(state(late)).toBe("doneForDay");
    expect(state({ breaker_until: "2025-08-06T18:55:00Z" })).toBe("pauses");
    expect(state({ role: null })).toBe("closing");
    expect(state({})).toBe("trading");
  });
});

describe("useOf", () => {
  it("is near from three quarters on, and reached at the limit", () => {
    expect(useOf(0.01, 0.02)).toEqual({ share: 0.5, level: "calm" });
    expect(useOf(0.015, 0.02)).toEqual({ share: 0.75, level: "near" });
    expect(useOf(0.03, 0.02)).toEqual({ share: 1, level: "reached" });
  });

  it("counts no gain", () => {
    expect(useOf(-0.01, 0.02)).toEqual({ share: 0, level: "calm" });
  });

  it("is reached by anything where nothing is allowed", () => {
    expect(useOf(1, 0).level).toBe("reached");
    expect(useOf(0, 0).level).toBe("calm");
  });
});
