import type { Proposal } from "./checks";
import type { Evidence } from "./evidence";
import { recordIn } from "./figures";

export interface Split {
  name: "train" | "val" | "test";
  start: string | null;
  end: string | null;
  rows: number | null;
}

const NAMES = ["train", "val", "test"] as const;
const day = (value: unknown) => (typeof value === "string" ? value : null);

/** The parts of the data set; without evidence, what lineage and window tell of them. */
export function splitsOf(
  proposal: Pick<Proposal, "lineage" | "evidence">,
  evidence: Pick<Evidence, "data"> | undefined,
): Split[] {
  const { training_start, training_end, validation_end } = proposal.lineage;
  const window = recordIn(proposal.evidence, "window");
  const told: Record<Split["name"], [unknown, unknown]> = {
    train: [training_start, training_end],
    val: [null, validation_end],
    test: [window.start, window.end],
  };
  return NAMES.map((name) => {
    const known = evidence?.data.splits[name];
    if (known) return { name, ...known };
    return { name, start: day(told[name][0]), end: day(told[name][1]), rows: null };
  });
}
