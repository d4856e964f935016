import { type FirstBit, firstBit } from "./bits";

/** The first thing in which live and batch differ, as texts of the catalogue say it. */
export interface Difference {
  kind: "firstIn" | "whole" | "kernel" | "specLost";
  /** Open of the bar; null where it is no time. */
  bar: string | null;
  feature: string;
  live: number | null;
  batch: number | null;
  cause: string;
  bit: FirstBit | null;
}

const KINDS: ReadonlyMap<string, Difference["kind"]> = new Map([
  ["bar", "whole"],
  ["kernel_state", "kernel"],
  ["feature_spec", "specLost"],
]);

/** Read the difference of a check; null where there is none. */
export function differenceOf(
  stored: Readonly<Record<string, unknown>> | null | undefined,
): Difference | null {
  if (stored == null) return null;
  const number = (value: unknown) => (typeof value === "number" ? value : null);
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const [live, batch] = [number(stored.live), number(stored.batch)];
  const feature = text(stored.feature);
  const bar = text(stored.bar);
  return {
    kind: KINDS.get(feature) ?? "firstIn",
    bar: Number.isNaN(Date.parse(bar)) ? null : bar,
    feature,
    live,
    batch,
    cause: text(stored.cause),
    bit: live === null || batch === null ? null : firstBit(live, batch),
  };
}
