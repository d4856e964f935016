import type { Period } from "../replay/period";
import type { Proposal } from "./checks";
import type { Evidence } from "./evidence";
import { recordIn } from "./figures";

export interface Split {
  name: "train" | "val" | "test";
  start: string | null;
  end: string | null;
  rows: number | null;
  /** The day it was to begin on, where nothing is stored so far back. */
  configured: string | null;
}

const NAMES = ["train", "val", "test"] as const;
const day = (value: unknown) => (typeof value === "string" ? value : null);

/** The parts of the data set; without evidence, what lineage and window tell of them.
 *
 * Both tell the configured days, so that a part begins with the first session that is stored.
 */
export function splitsOf(
  proposal: Pick<Proposal, "lineage" | "evidence">,
  evidence: Pick<Evidence, "data"> | undefined,
  stored: Pick<Period, "from"> | null,
): Split[] {
  const { training_start, training_end, validation_end } = proposal.lineage;
  const window = recordIn(proposal.evidence, "window");
  const told: Record<Split["name"], [unknown, unknown]> = {
    train: [training_start, training_end],
    val: [null, validation_end],
    test: [window.start, window.end],
  };
  return NAMES.map((name) => {
    const split = evidence?.data.splits[name] ?? {
      start: day(told[name][0]),
      end: day(told[name][1]),
      rows: null,
    };
    const late = stored !== null && split.start !== null && split.start < stored.from;
    if (!late || (split.end !== null && split.end < stored.from))
      return { name, ...split, configured: null };
    return { name, ...split, start: stored.from, configured: split.start };
  });
}
