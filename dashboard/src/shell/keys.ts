"use client";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { PAGES } from "./pages";

const SEQUENCE_MS = 1200;

/** Whether a key was meant for a field, or for the browser. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null;
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  return target?.closest?.("input, textarea, select, [contenteditable], dialog") != null;
}

/** Call functions on keys: `useKeys({ " ": pause, ArrowRight: step })`. Not while one types. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const newest = useRef(keys);
  useEffect(() => {
    newest.current = keys;
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const act = newest.current[event.key];
      if (act === undefined || isTyping(event) || event.defaultPrevented) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
}

/** `g` and a page's key go there. */
export function useGoKeys(): void {
  const router = useRouter();
  useEffect(() => {
    let since = 0;
    const pressed = (event: KeyboardEvent) => {
      if (isTyping(event)) return;
      const page = PAGES.find(({ key }) => key === event.key);
      if (event.timeStamp - since < SEQUENCE_MS && page !== undefined) {
        event.preventDefault();
        event.stopImmediatePropagation();
        router.push(page.href);
      }
      since = event.key === "g" ? event.timeStamp : 0;
    };
    document.addEventListener("keydown", pressed, { capture: true });
    return () => document.removeEventListener("keydown", pressed, { capture: true });
  }, [router]);
}
