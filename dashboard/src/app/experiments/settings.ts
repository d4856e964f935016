/** A setting by its dotted key. */
export interface Setting {
  key: string;
  value: unknown;
}
/** The settings of one part of a configuration; what stands at its top has no name. */
export interface Section {
  name: string;
  settings: Setting[];
}

const isPart = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).length > 0;

/** Said elsewhere on the page. */
const ELSEWHERE: ReadonlySet<string> = new Set(["name", "description"]);

/** A resolved configuration as sections of flat settings, those at the top first. */
export function sectionsOf(configuration: Readonly<Record<string, unknown>>): Section[] {
  const top: Setting[] = [];
  const parts: Section[] = [];
  for (const [name, value] of Object.entries(configuration)) {
    if (isPart(value)) parts.push({ name, settings: flat(value) });
    else if (!ELSEWHERE.has(name)) top.push({ key: name, value });
  }
  return top.length === 0 ? parts : [{ name: "", settings: top }, ...parts];
}

function flat(part: Record<string, unknown>, before = ""): Setting[] {
  return Object.entries(part).flatMap(([name, value]) =>
    isPart(value) ? flat(value, `${before}${name}.`) : [{ key: before + name, value }],
  );
}
