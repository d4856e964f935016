"use client";
import { useSession } from "@/lib/session";
import { atHome } from "@/lib/shell";

/** A command as it is typed on the server's machine: without its home it would begin another one. */
export function Command({ of }: { of: string }) {
  const { home } = useSession();
  return (
    <code className="rounded-sm bg-raise px-2 py-1 font-mono text-xs wrap-anywhere text-text">
      {atHome(of, home)}
    </code>
  );
}
