import { describe, expect, it } from "vitest";
import { splitsOf } from "./splits";

const proposal = {
  lineage: {
    training_start: "2020-03-01",
    training_end: "2024-12-31",
    validation_end: "2025-06-30",
  },
  evidence: { window: { start: "2025-07-01", end: "2025-12-31" } },
};
const configured = { start: "2020-03-01", end: "2024-12-31", rows: 28_272 };
const evidence = {
  data: { splits: { train: configured }, notes: [], hashes: {} },
};

describe("splitsOf", () => {
  it("begins with what is stored, and says what was configured", () => {
    const [train, val, test] = splitsOf(proposal, evidence, { from: "2023-01-02" });
    expect(train).toEqual({
      name: "train",
      ...configured,
      start: "2023-01-02",
      configured: "2020-03-01",
    });
    expect([val?.configured, test?.configured]).toEqual([null, null]);
    expect(test?.start).toBe("2025-07-01");
  });

  it("leaves the days as they are where all of them are stored, or nothing is known", () => {
    for (const stored of [null, { from: "2019-12-30" }]) {
      const [train] = splitsOf(proposal, undefined, stored);
      expect(train?.start).toBe("2020-03-01");
      expect(train?.configured).toBeNull();
    }
  });

  it("does not move a part of which nothing is stored any more", () => {
    const [train] = splitsOf(proposal, evidence, { from: "2025-02-03" });
    expect(train?.start).toBe("2020-03-01");
  });
});
