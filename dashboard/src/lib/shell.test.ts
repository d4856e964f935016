import { describe, expect, it } from "vitest";
import { quoted } from "./shell";

describe("quoted", () => {
  it("leaves a plain path as it is", () => {
    expect(quoted("/home/olga/market-2")).toBe("/home/olga/market-2");
  });

  it("keeps spaces, dollars and quotes from the shell", () => {
    expect(quoted("/home/olga/my $market")).toBe("'/home/olga/my $market'");
    expect(quoted("/home/o'neill")).toBe("'/home/o'\\''neill'");
  });
});
