"use client";
import type { ReactNode } from "react";
import { common } from "@/i18n/common";
import { useText } from "@/lib/language";
import { Dialog } from "./Dialog";
import { PAGES } from "./pages";

/** The keys, and what is owed to others. */
export function Help({ open, onClose }: { open: boolean; onClose(): void }) {
  const t = useText(common);
  return (
    <Dialog open={open} onClose={onClose} title={t("help")}>
      <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-2">
        <Key name="?">{t("keyHelp")}</Key>
        <Key name="/">{t("keySearch")}</Key>
        <Key name="t">{t("keyTheme")}</Key>
        {PAGES.map((page) => (
          <Key key={page.name} name={`g ${page.key}`}>
            {t("keyGo", { page: t(page.name) })}
          </Key>
        ))}
      </dl>
      <p className="mt-5 text-xs text-faint">
        <a
          href="https://www.tradingview.com/"
          rel="noreferrer noopener"
          target="_blank"
          className="underline"
        >
          {t("charts")}
        </a>
      </p>
    </Dialog>
  );
}

function Key({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="flex gap-1">
        {name.split(" ").map((key) => (
          <kbd
            key={key}
            className="rounded-sm border border-line bg-raise px-1.5 font-mono text-xs"
          >
            {key}
          </kbd>
        ))}
      </dt>
      <dd className="text-muted">{children}</dd>
    </>
  );
}
