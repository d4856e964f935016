"use client";
import { useSyncExternalStore } from "react";

export type Theme = "dark" | "light";

const subscribe = (changed: () => void) => {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
};

/** The theme that is shown; charts redraw when it changes. */
export function useTheme(): Theme {
  return useSyncExternalStore(
    subscribe,
    () => (document.documentElement.dataset.theme === "light" ? "light" : "dark"),
    () => "dark",
  );
}

export function setTheme(theme: Theme): void {
  localStorage.setItem("cambio.theme", theme);
  document.documentElement.dataset.theme = theme;
}

/** The value of a colour token now, such as `token("long")`. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
