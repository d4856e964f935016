import { describe, expect, it } from "vitest";
import type { Shape } from "@/api/client";
import { formerChampion, type Report, whyNoChallenger, whyNoShadow } from "./permits";

const deployment = (model_id: string) =>
  ({ model_id, share: 0.1 }) as unknown as Shape<"Challenger">;
const report = (changed: Partial<Report> = {}): Report => ({
  champion: {
    model_id: "v20",
    experiment_name: "ppo",
    approved_by: "ada",
    promoted_at: null,
    share: 1,
  },
  challenger: null,
  shadows: [deployment("v22")],
  ended: [],
  refused: {},
  ...changed,
});
const vote = (status: Shape<"ProposalStatus">, reviewed_at: string | null) =>
  ({ status, reviewed_at }) as Shape<"ProposalSummary">;

describe("whyNoChallenger", () => {
  it("asks for the newest vote", () => {
    const approved = vote("APPROVED", "2026-11-02T13:00:00Z");
    const rejected = vote("REJECTED", "2026-11-03T13:00:00Z");
    const pending = vote("PENDING_APPROVAL", null);
    expect(whyNoChallenger("v21", report(), [approved, pending])).toBeNull();
    expect(whyNoChallenger("v21", report(), [approved, rejected])).toBe("needsVote");
    expect(whyNoChallenger("v21", report(), [pending])).toBe("needsVote");
  });

  it("leaves to the server what isn't known", () => {
    expect(whyNoChallenger("v21", report(), null)).toBeNull();
  });

  it("takes one challenger at a time, and somebody to challenge", () => {
    const busy = report({ challenger: deployment("v19") });
    expect(whyNoChallenger("v21", busy, null)).toBe("oneAtATime");
    expect(whyNoChallenger("v19", busy, null)).toBe("isChallenger");
    expect(whyNoChallenger("v21", report({ champion: null }), null)).toBe("noChampion");
  });

  it("takes a shadow, but not the champion", () => {
    expect(whyNoChallenger("v22", report(), null)).toBeNull();
    expect(whyNoChallenger("v20", report(), null)).toBe("isChampion");
  });
});

describe("whyNoShadow", () => {
  it("takes whoever has no role", () => {
    expect(whyNoShadow("v21", report())).toBeNull();
    expect(whyNoShadow("v22", report())).toBe("isShadow");
    expect(whyNoShadow("v20", report())).toBe("isChampion");
  });
});

describe("formerChampion", () => {
  const entry = (action: string, subject: string) => ({ action, subject }) as Shape<"AuditEntry">;

  it("is the archived model that ceased last", () => {
    const log = [
      entry("model:changed", "v18"),
      entry("model:retired", "v20"),
      entry("model:retired", "v19"),
      entry("model:retired", "v18"),
    ];
    expect(formerChampion(log, new Set(["v18", "v19"]), true)).toBe("v19");
  });

  it("is nobody only where the whole log says so", () => {
    expect(formerChampion([], new Set(), true)).toBeNull();
    expect(formerChampion([], new Set(), false)).toBeUndefined();
  });
});
