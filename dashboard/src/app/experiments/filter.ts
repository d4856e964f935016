interface Row {
  name: string;
  base: string | null;
  description: string;
  protocol: string | null;
  last_run: { vote: string | null } | null;
}

export interface Wanted {
  /** Words, all of which have to be somewhere in the name, base, protocol or description. */
  text: string;
  /** A protocol; empty: any. */
  protocol: string;
  /** A vote, `none` without one; empty: any. */
  vote: string;
}

/** The experiments that are wanted, in their order. */
export function matching<R extends Row>(rows: readonly R[], wanted: Wanted): readonly R[] {
  const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    const said = [row.name, row.base, row.protocol, row.description].join(" ").toLowerCase();
    const vote = row.last_run?.vote ?? "none";
    return (
      words.every((word) => said.includes(word)) &&
      (wanted.protocol === "" || wanted.protocol === row.protocol) &&
      (wanted.vote === "" || wanted.vote === vote)
    );
  });
}

/** Whether an experiment can stand beside others: it ran, and one run stands for it. */
export const isComparable = (row: Row): boolean =>
  row.last_run !== null && row.protocol === "single_split";

/** Names in the address, and back. */
export const namesIn = (address: string): string[] => address.split(",").filter(Boolean);

/** Names with one of them added at the end, or taken out. */
export function flipped(names: readonly string[], name: string): string {
  const without = names.filter((one) => one !== name);
  return (without.length < names.length ? without : [...names, name]).join(",");
}
