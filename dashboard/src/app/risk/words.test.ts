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
});
