import { describe, expect, it } from "vitest";
import { byYear, closeShare, type Day, halves, level, missingShare, runs, slots } from "./calendar";

const FULL = 60;
/** 08:00 in Bogota and `bar` bars later. */
const open = (date: string, bar: number) =>
  new Date(Date.parse(`${date}T13:00:00Z`) + bar * 300_000).toISOString().replace(".000", "");
const gap = (date: string, from: number, to: number) => ({
  first: open(date, from),
  last: open(date, to),
  bars: to - from + 1,
});
function day(date: string, gaps: Day["gaps"] = [], rest: Partial<Day> = {}): Day {
  const gone = gaps.reduce((sum, { bars }) => sum + bars, 0);
  const counts = { close_only: 0, repaired: 0, quarantined: 0 };
  return { day: date, expected: FULL, stored: FULL - gone, ...counts, gaps, ...rest };
}

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
    const early = day("2025-01-02", [gap("2025-01-02", 9, 9)], { expected: 10, stored: 9 });
    expect(missingShare(early)).toBeCloseTo(0.1);
  });

  it("count close-only bars against those that are stored", () => {
    expect(closeShare(day("2025-01-02", [], { stored: 40, close_only: 10 }))).toBe(0.25);
  });

  it("of a holiday's bars are none", () => {
    expect(missingShare(day("2025-01-06", [], { expected: 0 }))).toBe(0);
  });
});

describe("runs of missing bars", () => {
  it("go on over a night, a weekend and a holiday", () => {
    // Friday the 3rd from 12:30 to the end; Monday the 6th is Epiphany; Tuesday the first two.
    const friday = day("2025-01-03", [gap("2025-01-03", 54, 59)]);
    const monday = day("2025-01-06", [], { expected: 0, stored: 3 });
    const tuesday = day("2025-01-07", [gap("2025-01-07", 0, 1)]);
    expect(runs([friday, monday, tuesday])).toEqual([
      { first: open("2025-01-03", 54), last: open("2025-01-07", 1), bars: 8, sessions: 2 },
    ]);
  });

  it("end where a bar is stored", () => {
    const first = day("2025-01-02", [gap("2025-01-02", 3, 4), gap("2025-01-02", 58, 58)]);
    const second = day("2025-01-03", [gap("2025-01-03", 0, 0)]);
    expect(runs([first, second]).map(({ bars }) => bars)).toEqual([1, 1, 2]);
  });
});

it("sums a year's sessions, and not the days without one", () => {
  const days = [
    day("2024-12-30", [gap("2024-12-30", 0, 5)]),
    day("2025-01-02", [], { close_only: 6 }),
    day("2025-01-06", [], { expected: 0, stored: 60 }),
  ];
  expect(byYear(days)).toEqual([
    { year: "2025", sessions: 1, full: 1, expected: 60, missing: 0, stored: 120, closeOnly: 6 },
    { year: "2024", sessions: 1, full: 0, expected: 60, missing: 6, stored: 54, closeOnly: 0 },
  ]);
});

it("tells of each place of a session what is there", () => {
  const bar = (n: number, high: number) => ({
    time: open("2025-01-02", n),
    open: 4300,
    high,
    low: 4300,
    close: 4300,
  });
  // It is 08:17: three bars have closed.
  const found = slots(
    "2025-01-02",
    [bar(0, 4301), bar(2, 4300)],
    Date.parse(open("2025-01-02", 3)) + 120_000,
  );
  expect(found.slice(0, 4)).toEqual(["stored", "isMissing", "closeOnly", "notYet"]);
});
