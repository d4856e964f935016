import type { ReactNode } from "react";

/** What a tag means: red only for broken or dangerous, green only for verified or passed. */
export type Tone = "neutral" | "accent" | "long" | "short" | "bad" | "good";

const TONES: Record<Tone, string> = {
  neutral: "border-line text-muted",
  accent: "border-accent/50 text-accent",
  long: "border-long/50 text-long",
  short: "border-short/50 text-short",
  bad: "border-bad/60 text-bad",
  good: "border-good/50 text-good",
};

export function Tag({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={`inline-flex h-5 items-center rounded-sm border px-1.5 text-xs font-medium whitespace-nowrap ${TONES[tone]}`}
    >
      {children}
    </span>
  );
}
