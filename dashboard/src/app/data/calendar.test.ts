import { describe, expect, it } from "vitest";
import { closeOnly, type Day, filled, halves, level, missing } from "./calendar";

const day = (text: string, bars = 60, flat = 0): Day => ({
  day: text,
  bars,
  expected: 60,
  closeOnly: flat,
});

describe("squares of a calendar", () => {
  it("stand in a column for each week and a row for each weekday", () => {
    // 1 January 2025 is a Wednesday; 6 January the Monday after.
    const [half] = halves([day("2025-01-02"), day("2025-01-03"), day("2025-01-06")]);
    expect(half?.squares.map(({ column, row }) => [column, row])).toEqual([
      [0, 3],
      [0, 4],
      [1, 0],
    ]);
  });

  it("begin a half whose first day is a weekend with the Monday after", () => {
    // 1 January 2022 is a Saturday.
    const [half] = halves([day("2022-01-03")]);
    expect(half?.squares[0]?.column).toBe(0);
  });

  it("part a year at the end of June", () => {
    const found = halves([day("2024-06-28"), day("2024-07-02")]);
    expect(found.map(({ id }) => id)).toEqual(["2024-1", "2024-2"]);
    expect(found[1]?.squares[0]?.column).toBe(0);
  });

  it("fit in the columns of their half", () => {
    // 30 June 2025 is a Monday, and opens a 27th week.
    const [half] = halves([day("2025-06-30")]);
    expect([half?.columns, half?.squares[0]?.column]).toEqual([27, 26]);
  });

  it("name each month at the week of its first working day", () => {
    // February 2025 begins on a Saturday: its first working day is Monday the 3rd.
    const [half] = halves([day("2025-01-02")]);
    expect(half?.months.slice(0, 2)).toEqual([
      { month: 0, column: 0 },
      { month: 1, column: 5 },
    ]);
  });
});

describe("levels", () => {
  it.each([
    [0, 0],
    [1 / 60, 1],
    [6 / 60, 1],
    [7 / 60, 2],
    [30 / 60, 2],
    [31 / 60, 3],
    [59 / 60, 3],
    [1, 4],
  ])("of %f missing is %i", (share, expected) => expect(level(share)).toBe(expected));

  it("count what is missing against what the day has had so far", () => {
    expect(missing({ ...day("2025-01-02", 9), expected: 10 })).toBeCloseTo(0.1);
  });

  it("count close-only bars against those that are stored", () => {
    expect(closeOnly(day("2025-01-02", 40, 10))).toBe(0.25);
  });
});

it("fills trading days that nobody told of, and leaves holidays and weekends out", () => {
  // Friday 3 January 2025 to Tuesday 7; Monday 6 is Epiphany, a holiday in Colombia.
  const found = filled([day("2025-01-03"), day("2025-01-08")], 60);
  expect(found.map(({ day: text, bars }) => [text, bars])).toEqual([
    ["2025-01-03", 60],
    ["2025-01-07", 0],
    ["2025-01-08", 60],
  ]);
});
