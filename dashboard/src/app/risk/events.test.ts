import { describe, expect, it } from "vitest";
import {
  addressOf,
  NOTABLE,
  pressed,
  type StoredEvent,
  TYPES,
  typesOf,
  withNewest,
  withOlder,
} from "./events";

const page = (ids: number[], next_cursor: string | null = "older") => ({
  items: ids.map((id) => ({ id }) as StoredEvent),
  next_cursor,
});
const ids = (log: { events: readonly StoredEvent[] }) => log.events.map(({ id }) => id);

describe("the filter in the address", () => {
  it("is left out for the notable ones, and goes there and back", () => {
    expect(typesOf("")).toEqual(NOTABLE);
    expect(addressOf(NOTABLE)).toBe("");
    expect(typesOf("all")).toEqual(TYPES);
    expect(addressOf(TYPES)).toBe("all");
    expect(addressOf(typesOf("breach,trade"))).toBe("trade,breach");
  });

  it("ignores what is no type", () => {
    expect(typesOf("breach,nonsense")).toEqual(["breach"]);
    expect(typesOf("nonsense,toString")).toEqual(NOTABLE);
  });
});

describe("pressed", () => {
  it("begins with one alone, then adds and takes away", () => {
    expect(pressed(NOTABLE, "breach")).toEqual(["breach"]);
    expect(pressed(["breach"], "trade")).toEqual(["breach", "trade"]);
    expect(addressOf(pressed(["breach"], "breach"))).toBe("");
  });
});

describe("the log", () => {
  const shown = withOlder(withNewest(null, page([9, 8, 7], "seven")), page([6, 5], "five"));

  it("grows by older pages", () => {
    expect(ids(shown)).toEqual([9, 8, 7, 6, 5]);
    expect(shown.cursor).toBe("five");
  });

  it("keeps them when newer ones arrive", () => {
    const now = withNewest(shown, page([11, 10, 9], "nine"));
    expect(ids(now)).toEqual([11, 10, 9, 8, 7, 6, 5]);
    expect(now.cursor).toBe("five");
  });

  it("stays the same object while nothing happens", () => {
    expect(withNewest(shown, page([9, 8, 7], "seven"))).toBe(shown);
  });

  it("begins anew where it would have a hole", () => {
    const now = withNewest(shown, page([30, 29, 28], "later"));
    expect(ids(now)).toEqual([30, 29, 28]);
    expect(now.cursor).toBe("later");
  });

  it("says everything when it is short", () => {
    expect(withNewest(null, page([1], null)).cursor).toBeNull();
    expect(ids(withNewest({ events: [], cursor: null }, page([1], null)))).toEqual([1]);
  });
});
