"use client";
import { risk } from "@/i18n/risk";
import { useText } from "@/lib/language";
import { type Use, useOf } from "./use";

interface UsedProps {
  name: string;
  used: number;
  limit: number;
  write(value: number): string;
  /** Said below the bar. */
  note?: string;
}

const FILLS: Record<Use["level"], string> = {
  calm: "fill-muted",
  near: "fill-short",
  reached: "fill-bad",
};
const TEXTS: Record<Use["level"], string> = {
  calm: "",
  near: "text-short font-medium",
  reached: "text-bad font-medium",
};

/** How much of a limit is used: the two numbers above a bar. */
export function Used({ name, used, limit, write, note }: UsedProps) {
  const t = useText(risk);
  const { share, level } = useOf(used, limit);
  const told = { name, used: write(used), limit: write(limit) };
  return (
    <span className="inline-flex w-full min-w-28 flex-col gap-1 sm:max-w-44">
      <span className="flex items-baseline justify-between gap-2">
        <span aria-hidden="true" className="grow text-xs text-muted sm:hidden">
          {name}
        </span>
        <span className={TEXTS[level]}>{told.used}</span>
        <span className="text-xs text-faint">/ {told.limit}</span>
      </span>
      <svg
        role="img"
        aria-label={t("usedOf", told)}
        className="h-1 w-full overflow-hidden rounded-sm bg-raise"
      >
        <rect width={`${share * 100}%`} height="100%" className={FILLS[level]} />
      </svg>
      {note === undefined ? null : <span className="text-xs text-long">{note}</span>}
    </span>
  );
}
