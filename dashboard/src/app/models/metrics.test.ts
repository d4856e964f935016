import { expect, it } from "vitest";
import { formats } from "@/lib/format";
import { figure, written } from "./metrics";

it("writes each metric in the unit of its name", () => {
  const say = (name: string, value: unknown) => written(name, value, formats.en);
  expect(say("total_return", 0.2922)).toBe("29.22");
  expect(say("value_at_risk", -0.0104)).toBe("−1.04");
  expect(say("steps", 401408)).toBe("401,408");
  expect(say("sharpe_ratio", 4.5768)).toBe("4.58");
  expect(say("export_difference", 2.861e-6)).toBe("2.9e−6");
  expect(say("of_tomorrow", null)).toBe("–");
});

it("takes only numbers for figures", () => {
  expect(figure({ sharpe_ratio: 1.5 }, "sharpe_ratio")).toBe(1.5);
  expect(figure({ sharpe_ratio: "1.5" }, "sharpe_ratio")).toBeNull();
});
