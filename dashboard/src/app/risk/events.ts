import type { Shape } from "@/api/client";
import { eventTypes } from "@/i18n/risk";

export type StoredEvent = Shape<"StoredEvent">;
export type EventType = keyof typeof eventTypes;

export const TYPES = Object.keys(eventTypes) as EventType[];
/** Everything but what each bar brings. */
export const NOTABLE = TYPES.filter((type) => type !== "signal" && type !== "account");
const ALL = "all";

export const isType = (text: string): text is EventType => Object.hasOwn(eventTypes, text);

/** Types that an address names: none are the notable ones, `all` are all. */
export function typesOf(text: string): readonly EventType[] {
  if (text === ALL) return TYPES;
  const found = text.split(",").filter(isType);
  return found.length === 0 ? NOTABLE : TYPES.filter((type) => found.includes(type));
}

/** How an address names types; an empty one the notable ones. */
export function addressOf(types: readonly EventType[]): string {
  const same = (others: readonly EventType[]) =>
    others.length === types.length && others.every((type) => types.includes(type));
  if (types.length === 0 || same(NOTABLE)) return "";
  return same(TYPES) ? ALL : TYPES.filter((type) => types.includes(type)).join(",");
}

/** Press one of the filters: alone at first, then beside the others. */
export function pressed(types: readonly EventType[], one: EventType): readonly EventType[] {
  if (addressOf(types) === "" || addressOf(types) === ALL) return [one];
  return types.includes(one) ? types.filter((type) => type !== one) : [...types, one];
}

/** The part of the log that is shown, newest first. */
export interface Log {
  events: readonly StoredEvent[];
  /** Where older ones begin; null: there are none. */
  cursor: string | null;
}

/** Put the newest page before what is shown.
 *
 * Where they don't meet, more has happened than a page holds: the page alone is shown, since the
 * log must not have a hole that nobody sees. What is the same stays the same object.
 */
export function withNewest(shown: Log | null, page: Shape<"EventPage">): Log {
  const next = joined(shown, page);
  const ids = (log: Log) => log.events.map(({ id }) => id).join();
  const same = shown !== null && shown.cursor === next.cursor && ids(shown) === ids(next);
  return same ? shown : next;
}

function joined(shown: Log | null, page: Shape<"EventPage">): Log {
  const fresh = { events: page.items, cursor: page.next_cursor };
  const oldest = page.items.at(-1);
  const newest = shown?.events[0];
  if (shown === null || oldest === undefined || newest === undefined) return fresh;
  if (oldest.id > newest.id && page.next_cursor !== null) return fresh;
  const older = shown.events.filter(({ id }) => id < oldest.id);
  if (older.length === 0) return fresh;
  return { events: [...page.items, ...older], cursor: shown.cursor };
}

/** Put an older page behind what is shown. */
export function withOlder(shown: Log, page: Shape<"EventPage">): Log {
  const last = shown.events.at(-1)?.id ?? Number.POSITIVE_INFINITY;
  const older = page.items.filter(({ id }) => id < last);
  return { events: [...shown.events, ...older], cursor: page.next_cursor };
}
