/** A string in both languages. `{name}` is replaced; `{n:bar|bars}` is the word for the number n. */
export interface Both {
  en: string;
  es: string;
}

export type Language = keyof Both;
export type Catalogue = Readonly<Record<string, Both>>;
export type Values = Record<string, string | number>;

/** Say `entry` in a language.
 *
 * A value that is missing is a programming error and throws.
 */
export function say(entry: Both, language: Language, values: Values = {}): string {
  return entry[language].replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (_, name, one, other) => {
    const value = values[name];
    if (value === undefined) throw new Error(`No value for {${name}} in "${entry.en}".`);
    if (one === undefined) return String(value);
    return Number(value) === 1 ? one : other;
  });
}
