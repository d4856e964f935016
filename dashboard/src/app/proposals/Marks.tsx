"use client";
import { Tag, type Tone } from "@/components/Tag";
import { proposals } from "@/i18n/proposals";
import { useText } from "@/lib/language";
import type { Recommendation } from "./checks";
import type { Standing } from "./standing";

const TONES: Record<Standing, Tone> = {
  open: "accent",
  approved: "good",
  rejected: "neutral",
  expired: "neutral",
};

/** Where a proposal stands. */
export function StandingTag({ standing }: { standing: Standing }) {
  const t = useText(proposals);
  return <Tag tone={TONES[standing]}>{t(standing)}</Tag>;
}

const WEIGHT: Record<Recommendation, string> = {
  PROMOTE: "font-medium text-good",
  REVIEW: "font-medium text-text",
  REJECT: "font-medium text-bad",
};

/** What L4 votes for, in a word. */
export function Recommended({ by }: { by: Recommendation }) {
  const t = useText(proposals);
  return <span className={WEIGHT[by]}>{t(by)}</span>;
}
