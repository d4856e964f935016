import { describe, expect, it } from "vitest";
import { type Catalogue, say } from "./catalogue";

const files = import.meta.glob<Record<string, Catalogue>>("../i18n/*.ts", { eager: true });
const entries = Object.entries(files).flatMap(([file, module]) =>
  Object.values(module).flatMap((catalogue) =>
    Object.entries(catalogue).map(([key, both]) => ({ name: `${file} ${key}`, both })),
  ),
);
const names = (text: string) => [...text.matchAll(/\{(\w+)/g)].map((match) => match[1]).sort();

describe("every text", () => {
  it("is there in both languages", () => {
    expect(entries.length).toBeGreaterThan(100);
    expect(entries.filter(({ both }) => !both.en.trim() || !both.es.trim())).toEqual([]);
  });

  it("names the same values in both languages", () => {
    const differ = entries.filter(({ both }) => {
      return String([...new Set(names(both.en))]) !== String([...new Set(names(both.es))]);
    });
    expect(differ.map(({ name }) => name)).toEqual([]);
  });
});

describe("say", () => {
  const text = { en: "{n} {n:bar|bars} of {name}", es: "{n} {n:barra|barras} de {name}" };

  it("takes the word for the number", () => {
    expect(say(text, "en", { n: 1, name: "ada" })).toBe("1 bar of ada");
    expect(say(text, "es", { n: 0, name: "ada" })).toBe("0 barras de ada");
  });

  it("refuses to say what nobody told it", () => {
    expect(() => say(text, "en", { n: 1 })).toThrow("{name}");
  });
});
