import { describe, expect, it } from "vitest";
import { formats, NONE } from "./format";

const { en, es } = formats;

describe("numbers", () => {
  it("have a real minus, and decimals by their kind", () => {
    expect(en.price(-4012.5)).toBe("−4,012.50");
    expect(es.price(-4012.5)).toBe("−4.012,50");
    expect(en.percent(-0.00425)).toBe("−0.43");
    expect(en.bp(0.00425)).toBe("42.5");
    expect(es.ratio(1.005)).toBe("1,01");
  });

  it("write a plus only where asked, and never of nothing", () => {
    expect(en.percent(0.0042, { sign: true, unit: true })).toBe("+0.42 %");
    expect(en.money(0, { sign: true })).toBe("0.00");
    expect(en.money(-0.001, { sign: true })).toBe("0.00");
  });

  it("that are missing are a dash", () => {
    expect([en.price(null), en.bp(undefined), en.percent(Number.NaN, { unit: true })]).toEqual([
      NONE,
      NONE,
      NONE,
    ]);
  });
});

describe("times", () => {
  it("are Bogota's, and UTC in titles", () => {
    expect(en.clock("2024-07-05T13:05:00Z")).toBe("08:05");
    expect(en.day("2024-07-06T03:00:00Z")).toBe("Fri 5 Jul");
    expect(en.utc("2024-07-05T13:05:09Z")).toBe("5 Jul 2024 13:05:09 UTC");
    expect(en.date("2024-07-05")).toBe("5 Jul 2024");
    expect(en.when("2024-07-05T13:05:00Z")).toBe("Fri 5 Jul 08:05");
  });

  it("are as short in Spanish", () => {
    expect(formats.es.moment("2024-07-05T13:05:00Z")).toBe("5 jul 2024 08:05");
    expect(formats.es.when("2024-07-05T13:05:00Z")).toBe("vie 5 jul 08:05");
  });

  it("spans have their largest unit", () => {
    expect([99, 100, 5999, 6000, 172_799, 172_800].map(en.span)).toEqual([
      "99 s",
      "1 min",
      "99 min",
      "1 h",
      "47 h",
      "2 d",
    ]);
  });
});
