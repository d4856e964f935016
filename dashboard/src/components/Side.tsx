"use client";
import { common } from "@/i18n/common";
import { useText } from "@/lib/language";

/** A position in a trader's word and its colour: long, short or flat. */
export function Side({ position }: { position: number }) {
  const t = useText(common);
  if (position > 0) return <span className="font-medium text-long">{t("long")}</span>;
  if (position < 0) return <span className="font-medium text-short">{t("short")}</span>;
  return <span className="font-medium text-muted">{t("flat")}</span>;
}

/** Class of a profit or loss; its sign is written besides. */
export function resultColor(value: number | null | undefined): string {
  if (value == null || value === 0) return "";
  return value > 0 ? "text-long" : "text-short";
}
