"use client";
import { useNow } from "@/lib/clock";
import { useFormat } from "@/lib/language";

interface TimeProps {
  value: string | number;
  shape?: "clock" | "day" | "when" | "moment";
}

/** A time in Bogota; on hover also in UTC. */
export function Time({ value, shape = "clock" }: TimeProps) {
  const f = useFormat();
  return (
    <time
      dateTime={new Date(value).toISOString()}
      title={f.utc(value)}
      className="sm:whitespace-nowrap"
    >
      {f[shape](value)}
    </time>
  );
}

/** How long ago something was, counting on; on hover the time itself. */
export function Age({ since }: { since: string | number }) {
  const f = useFormat();
  const now = useNow();
  const start = new Date(since).getTime();
  return (
    <time
      dateTime={new Date(since).toISOString()}
      title={f.utc(since)}
      className="whitespace-nowrap"
    >
      {now === 0 ? "" : f.span((now - start) / 1000)}
    </time>
  );
}
