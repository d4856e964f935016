/** The experiments that have every word in their name, base or description. */
export function matching<
  Row extends { name: string; base: string | null; description: string; protocol: string | null },
>(rows: readonly Row[], wanted: string): readonly Row[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    const said = [row.name, row.base, row.protocol, row.description].join(" ").toLowerCase();
    return words.every((word) => said.includes(word));
  });
}
