import { describe, expect, it } from "vitest";
import { barNumber, isTradingDay, sessionAt } from "./market";

const at = (time: string) => sessionAt(Date.parse(time));

describe("the session", () => {
  it("counts the bars that have closed", () => {
    expect(at("2024-07-05T13:00:00Z")).toMatchObject({ open: true, closed: 0 });
    expect(at("2024-07-05T13:42:00Z")).toMatchObject({ open: true, closed: 8 });
    expect(at("2024-07-05T17:59:59Z")).toMatchObject({ open: true, closed: 59 });
  });

  it("opens next on a weekday that is no holiday", () => {
    // 4 July 2024 is a Thursday; Friday the 5th is followed by Monday the 8th.
    const open = (day: string) => ({ open: false, opensAt: Date.parse(`${day}T13:00:00Z`) });
    expect(at("2024-07-03T18:00:00Z")).toEqual(open("2024-07-05"));
    expect(at("2024-07-05T18:00:00Z")).toEqual(open("2024-07-08"));
    expect(at("2024-07-08T12:59:00Z")).toEqual(open("2024-07-08"));
    expect(isTradingDay("2024-07-04")).toBe(false);
  });

  it("numbers its bars by their open", () => {
    const numbers = ["12:55", "13:00", "17:55", "18:00"].map((time) =>
      barNumber(`2024-07-05T${time}:00Z`),
    );
    expect(numbers).toEqual([null, 0, 59, null]);
  });
});
