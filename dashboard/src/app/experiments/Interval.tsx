import type { Shape } from "@/api/client";

interface IntervalProps {
  of: Pick<Shape<"Figure">, "value" | "low" | "high"> | undefined;
  say(value: number | null): string;
}

/** A figure, and below it its interval. */
export function Interval({ of, say }: IntervalProps) {
  if (of === undefined || of.value === null) return <>–</>;
  return (
    <span className="inline-flex flex-col items-end leading-tight">
      <span>{say(of.value)}</span>
      {of.low === null ? null : (
        <span className="text-xs text-muted">
          {say(of.low)} … {say(of.high)}
        </span>
      )}
    </span>
  );
}
