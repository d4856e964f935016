import { describe, expect, it } from "vitest";
import { area, dayTicks, extent, linear, path, ticks } from "./scale";

describe("a scale", () => {
  it("leads to pixels and back", () => {
    const y = linear([-1, 3], 100, 0);
    expect([y(-1), y(0), y(3)]).toEqual([100, 75, 0]);
    expect(y.invert(75)).toBe(0);
  });

  it("of one value alone does not divide by nothing", () => {
    expect(linear([2, 2], 0, 10)(2)).toBe(0);
  });
});

describe("ticks", () => {
  it("are round, and one of them is zero", () => {
    expect(ticks([-1.2, 2.3], 4)).toEqual([-1, 0, 1, 2]);
    expect(ticks([0, 0.31], 4)).toEqual([0, 0.1, 0.2, 0.3]);
  });

  it("include the end where the span is round itself", () => {
    expect(ticks([0, 1], 4)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });
});

describe("an extent", () => {
  it("has what must be seen in it, and leaves out what is no number", () => {
    const [low, high] = extent([null, 2, Number.NaN], [0]);
    expect([low < 0, high > 2]).toEqual([true, true]);
    expect(high).toBeLessThan(2.5);
  });

  it("of nothing is something", () => {
    expect(extent([], [])).toEqual([0, 1]);
    expect(extent([5], [])).toEqual([4, 6]);
  });
});

describe("days on an axis", () => {
  const days = ["2025-07-01", "2025-07-02", "2025-07-03"];

  it("are named in the reader's language, and no more than there are", () => {
    expect(dayTicks(days, "en").map(({ text }) => text)).toEqual(
      ["1 Jul", "2 Jul", "3 Jul"].slice(0, 3),
    );
    expect(dayTicks(days, "es")[1]).toEqual({ at: 1, text: "2 jul" });
  });

  it("are months where there is more than a year of them", () => {
    const many = Array.from({ length: 300 }, () => "2025-07-01");
    expect(dayTicks(many, "en")[0]?.text).toBe("Jul 2025");
  });
});

describe("paths", () => {
  const x = (n: number) => n * 10;
  const y = linear([0, 10], 10, 0);

  it("break where a value is missing", () => {
    expect(path([1, 2, null, 4], x, y)).toBe("M0,9L10,8M30,6");
  });

  it("go around an area where both ends have values", () => {
    expect(area([null, 0, 0], [5, 5, 6], x, y)).toBe("M10,5L20,4L20,10L10,10Z");
    expect(area([null], [1], x, y)).toBe("");
  });
});
