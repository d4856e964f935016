"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { Page } from "@/components/Page";
import { common } from "@/i18n/common";
import { lost } from "@/i18n/lost";
import { useText } from "@/lib/language";
import { PAGES } from "@/shell/pages";

/** What the server sends a browser for an address that is none. */
export default function NotFound() {
  const t = useText(lost);
  const name = useText(common);
  return (
    <Page title={t("title")}>
      <p className="wrap-anywhere text-muted">{t("text", { path: usePathname() })}</p>
      <ul className="flex flex-col items-start gap-1">
        {PAGES.map((page) => (
          <li key={page.href}>
            <Link href={page.href} className="text-accent hover:underline">
              {name(page.name)}
            </Link>
          </li>
        ))}
      </ul>
    </Page>
  );
}
