import { describe, expect, it } from "vitest";
import { approvalObstacle, type Summary, standingOf, timeLeft, voteObstacle } from "./standing";

const NOW = Date.parse("2025-12-01T18:00:00Z");
const PENDING = {
  status: "PENDING_APPROVAL",
  is_open: true,
  created_by: "olga",
  expires_at: "2025-12-03T19:30:00Z",
} as Summary;
const ADA = { account: "ada", role: "approver" } as const;

describe("standingOf", () => {
  it("is over with its time, before anything is asked anew", () => {
    expect(standingOf(PENDING, NOW)).toBe("open");
    expect(standingOf(PENDING, Date.parse(PENDING.expires_at))).toBe("expired");
  });
  it("keeps a vote, whatever the time", () => {
    expect(standingOf({ ...PENDING, status: "REJECTED", is_open: false }, NOW)).toBe("rejected");
  });
});

describe("voteObstacle", () => {
  it("lets an approver vote who did not run it", () => {
    expect(voteObstacle(PENDING, ADA, NOW)).toBeNull();
  });
  it.each([
    ["role", PENDING, { account: "ada", role: "operator" } as const],
    ["author", PENDING, { account: "olga", role: "approver" } as const],
    ["authorUnknown", { ...PENDING, created_by: "unknown" }, ADA],
    ["closed", { ...PENDING, is_open: false }, ADA],
  ])("%s", (found, proposal, session) => {
    expect(voteObstacle(proposal, session, NOW)).toBe(found);
  });
});

describe("approvalObstacle", () => {
  const asked = {
    recommendation: "REVIEW",
    model_id: "m2",
    vs_baseline: { against: "m1" },
  } as const;
  it.each([
    [null, "m1", null],
    ["otherChampion", "m3", null],
    ["otherChampion", null, null],
    ["isChampion", "m2", null],
    ["challengerRuns", "m1", "m4"],
  ] as const)("%s, champion %s, challenger %s", (found, champion, challenger) => {
    expect(approvalObstacle({ ...asked }, { champion, challenger })).toBe(found);
  });
  it("never lets a REJECT pass", () => {
    const trading = { champion: "m1", challenger: null };
    expect(approvalObstacle({ ...asked, recommendation: "REJECT" }, trading)).toBe("isReject");
  });
});

describe("timeLeft", () => {
  it("counts down to nothing", () => {
    expect(timeLeft(PENDING.expires_at, NOW)).toEqual({ days: 2, hours: 1, min: 30 });
    expect(timeLeft(PENDING.expires_at, NOW * 2)).toEqual({ days: 0, hours: 0, min: 0 });
  });
});
