"use client";
import { useEffect, useState } from "react";
import { common } from "@/i18n/common";
import { useText } from "@/lib/language";

/** A hash or an id: its beginning, all of it on hover, and copied by a press. */
export function Hash({ value, length = 12 }: { value: string; length?: number }) {
  const t = useText(common);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
  };
  return (
    <button
      type="button"
      title={value}
      aria-label={t("copy", { value })}
      onClick={copy}
      className="rounded-sm font-mono text-xs text-muted hover:bg-raise hover:text-text"
    >
      {copied ? t("copied") : value.slice(0, length)}
    </button>
  );
}
