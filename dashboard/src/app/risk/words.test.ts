import { describe, expect, it } from "vitest";
import type { StoredEvent } from "./events";
import { tell } from "./words";

const event = (type: string, data: Record<string, unknown>): StoredEvent => ({
  id: 1,
  time: "2025-08-06T14:55:00Z",
  type,
  subject: "v21",
  data,
});
const notice = (type: string, details: Record<string, unknown>, text = "Words of the API.") =>
  event(type, { subject: "v21", text, details });

describe("tell", () => {
  it("says a fill and what its trade made", () => {
    const fill = { side: "SELL", entry_price: 4012.5, pnl: -12.3, model_id: "v21" };
    expect(tell(event("trade", fill), "en").text).toBe(
      "Sold at 4,012.50; the trade made −12.30 USD",
    );
    expect(tell(event("trade", { ...fill, side: "BUY", pnl: null }), "es")).toEqual({
      text: "Compra a 4.012,50",
      foreign: false,
      said: null,
    });
  });

  it("says a decision with what risk had against it", () => {
    const decided = { action: "BUY", confidence: 0.61, target: 0, blocked_by: ["max_trades"] };
    expect(tell(event("signal", decided), "en").text).toBe(
      "Wants long with confidence 0.61; gets flat (most trades of the session made)",
    );
  });

  it("says which limit was reached", () => {
    const hit = notice("breach", { reason: "circuit_breaker", equity: 8888.24 });
    expect(tell(hit, "en").text).toBe("Lost too many trades in a row and pauses; equity 8,888.24");
  });

  it("says who did it and why", () => {
    const told = tell(notice("kill_switch", { on: true, by: "olga", comment: "Too wild." }), "en");
    expect(told).toEqual({ text: "All trading stops", foreign: false, said: "olga: “Too wild.”" });
  });

  it("says a refusal, and those that were not told", () => {
    const refused = { kind: "not-allowed", method: "PUT", path: "/v1/kill-switch", since_last: 3 };
    expect(tell(notice("access", refused), "en").text).toBe(
      "Was refused PUT /v1/kill-switch: it may not do that; 3 more refusals since the last one told",
    );
  });

  it("gives the API's words where it has none, and says whose language they are", () => {
    expect(tell(notice("drift", {}), "es")).toEqual({
      text: "Words of the API.",
      foreign: true,
      said: null,
    });
    expect(tell(notice("breach", { reason: "of_tomorrow" }), "en").text).toBe("Words of the API.");
  });

  it("says in Spanish who trades, what waits and what the data did", () => {
    const said = (type: string, details: Record<string, unknown>) =>
      tell(notice(type, details), "es").text;
    expect(said("proposal", { model_id: "m1", status: "PENDING" })).toBe("m1 espera un voto");
    expect(said("promotion", { share: 1, former: null })).toBe("Es el campeón; antes: nadie");
    expect(said("promotion", { share: 0.25 })).toBe("Tiene ahora 25 % del capital");
    expect(said("deployment", { share: 0 })).toBe("Decide como sombra");
    expect(said("deployment", { share: 0.1 })).toBe("Es el retador, con 10 % del capital");
    expect(said("deployment", {})).toBe("Ya no es sombra");
    expect(said("rollback", {})).toBe("Perdió su parte del capital");
    expect(said("rollback", { share: 1, former: "m1" })).toBe("Es de nuevo el campeón, tras m1");
    expect(said("data", { missing: 1 })).toBe("Falta 1 barra");
    expect(said("drift", { sessions: 20, features: { rsi_9: {}, adx_14: {} } })).toBe(
      "rsi_9, adx_14: distinto del entrenamiento en las últimas 20 sesiones",
    );
    expect(said("quarantine_released", { rows: [{}, {}] })).toBe("2 filas liberadas de v21");
  });
});
