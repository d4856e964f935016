"use client";
import { useCallback, useEffect, useRef } from "react";
import { isTyping } from "@/shell/keys";

const OF_PLACE: ReadonlySet<string> = new Set(["ArrowLeft", "ArrowRight", "Home", "End"]);

/** The keys of playback. Unlike `useKeys` they leave Space to a button that was reached by Tab, and
 * work while the place is in focus, but for those which it has itself. Gives what presses one.
 */
export function useTransportKeys(
  keys: Readonly<Record<string, () => void>>,
): (key: string) => void {
  const newest = useRef(keys);
  useEffect(() => {
    newest.current = keys;
  });
  useEffect(() => {
    let pointed = false;
    const pointing = () => {
      pointed = true;
    };
    const pressed = (event: KeyboardEvent) => {
      if (event.key === "Tab") pointed = false;
      const act = newest.current[event.key];
      if (act === undefined || event.defaultPrevented) return;
      const target = event.target instanceof HTMLElement ? event.target : null;
      const place = target instanceof HTMLInputElement && target.type === "range";
      if (place ? OF_PLACE.has(event.key) : isTyping(event)) return;
      if (event.key === " " && !pointed && target?.matches("button, a, tr")) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", pressed);
    document.addEventListener("pointerdown", pointing);
    return () => {
      document.removeEventListener("keydown", pressed);
      document.removeEventListener("pointerdown", pointing);
    };
  }, []);
  return useCallback((key: string) => newest.current[key]?.(), []);
}
