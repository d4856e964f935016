"use client";
import { usePathname, useSearchParams } from "next/navigation";
import { useCallback } from "react";

/** One value of the query string: `const [book, setBook] = useUrlState("book", "account")`.
 *
 * The default is left out of the address. `push` makes a step that the back button undoes; without
 * it the address is replaced.
 */
export function useUrlState(
  name: string,
  fallback = "",
): [string, (value: string, options?: { push?: boolean }) => void] {
  const query = useSearchParams();
  const path = usePathname();
  const value = query.get(name) ?? fallback;
  const set = useCallback(
    (next: string, { push = false } = {}) => {
      const address = changed(window.location.search, { [name]: next === fallback ? "" : next });
      const to = `${path}${address}`;
      if (push) window.history.pushState(null, "", to);
      else window.history.replaceState(null, "", to);
    },
    [name, fallback, path],
  );
  return [value, set];
}

/** A query string with some values changed; an empty one is taken out. */
export function changed(search: string, values: Record<string, string>): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(values)) {
    if (value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}
