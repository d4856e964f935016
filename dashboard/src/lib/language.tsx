"use client";
import { useCallback, useSyncExternalStore } from "react";
import { type Catalogue, type Language, say, type Values } from "./catalogue";
import { type Format, formats } from "./format";

/** Text of a catalogue: `const t = useText(live); t("since", { time })`. */
export type Text<C extends Catalogue> = (key: keyof C & string, values?: Values) => string;

const subscribe = (changed: () => void) => {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ["lang"] });
  return () => observer.disconnect();
};
const current = (): Language => (document.documentElement.lang === "es" ? "es" : "en");

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, current, () => "en");
}

export function setLanguage(language: Language): void {
  localStorage.setItem("cambio.language", language);
  document.documentElement.lang = language;
}

export function useText<C extends Catalogue>(catalogue: C): Text<C> {
  const language = useLanguage();
  return useCallback(
    (key, values) => {
      const entry = catalogue[key];
      if (entry === undefined) throw new Error(`No text ${key}.`);
      return say(entry, language, values);
    },
    [catalogue, language],
  );
}

/** Numbers and times in the reader's language: `const f = useFormat(); f.price(4012.5)`. */
export function useFormat(): Format {
  return formats[useLanguage()];
}
