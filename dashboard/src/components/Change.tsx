"use client";
import { type ReactNode, useEffect, useRef } from "react";

/** A value that fades once when it changes, and moves nothing. `of` is what is compared. */
export function Change({ of, children }: { of: string | number | null; children: ReactNode }) {
  const place = useRef<HTMLSpanElement>(null);
  const before = useRef(of);
  useEffect(() => {
    if (before.current === of) return;
    before.current = of;
    const element = place.current;
    if (element === null) return;
    element.classList.remove("animate-flash");
    void element.offsetWidth; // lets the animation begin anew
    element.classList.add("animate-flash");
  }, [of]);
  return (
    <span ref={place} className="rounded-sm">
      {children}
    </span>
  );
}
