"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect, useState } from "react";
import { common } from "@/i18n/common";
import { useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { useSession } from "@/lib/session";
import { isAt, PAGES, type PageLink } from "./pages";
import { type Tool, Tools } from "./Tools";

const ON_PHONE = 4;
const MINUTE_MS = 60_000;

/** How many things on each page wait for a person. */
function useBadges(): Partial<Record<string, number>> {
  const open = useGet(
    "/v1/proposals",
    { query: { status: "PENDING_APPROVAL", limit: 100 } },
    { every: MINUTE_MS },
  );
  const refused = useGet(
    "/v1/quarantine",
    { query: { resolved: false, limit: 100 } },
    { every: MINUTE_MS },
  );
  const risk = useGet("/v1/risk");
  const books = risk.data
    ? [...risk.data.books, ...(risk.data.account ? [risk.data.account] : [])]
    : [];
  return {
    proposals: open.data?.items.filter((proposal) => proposal.is_open).length,
    data: refused.data?.items.length,
    risk: books.filter((book) => book.drawdown_breached).length,
  };
}

/** The pages: at the left, or at the bottom of a phone. */
export function Rail({ onTool }: { onTool(tool: Tool): void }) {
  const t = useText(common);
  const path = usePathname();
  const badges = useBadges();
  const { account, role } = useSession();
  const [more, setMore] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: closes when one has gone somewhere
  useEffect(() => setMore(false), [path]);
  const link = (page: PageLink, className = "") => (
    <Item
      key={page.name}
      page={page}
      here={isAt(page, path)}
      badge={badges[page.name] ?? 0}
      className={className}
    />
  );
  return (
    <nav
      aria-label={t("pages")}
      className="z-20 flex border-line bg-panel max-sm:fixed max-sm:inset-x-0 max-sm:bottom-0 max-sm:border-t sm:sticky sm:top-0 sm:h-dvh sm:w-22 sm:shrink-0 sm:flex-col sm:gap-1 sm:border-r sm:px-1.5 sm:py-2"
    >
      {PAGES.map((page, n) => link(page, n < ON_PHONE ? "" : "max-sm:hidden"))}
      <button
        type="button"
        aria-expanded={more}
        onClick={() => setMore(!more)}
        className="flex h-14 flex-1 flex-col items-center justify-center gap-1 text-xs text-muted sm:hidden"
      >
        <Icon path="M4 10h.5M10 10h.5M16 10h.5" />
        {t("more")}
      </button>
      {more ? (
        <div className="absolute inset-x-0 bottom-full border-t border-line bg-panel p-2 sm:hidden">
          <div className="grid grid-cols-3">{PAGES.slice(ON_PHONE).map((page) => link(page))}</div>
          <p className="px-2 py-2 text-xs text-muted">{t("loggedInAs", { account, role })}</p>
          <Tools onTool={onTool} />
        </div>
      ) : null}
      <div className="mt-auto flex flex-col items-center gap-1 max-sm:hidden">
        <Tools onTool={onTool} />
      </div>
    </nav>
  );
}

function Item(props: { page: PageLink; here: boolean; badge: number; className: string }) {
  const { page, here, badge, className } = props;
  const t = useText(common);
  return (
    <Link
      href={page.href}
      aria-current={here ? "page" : undefined}
      className={`relative flex h-14 flex-1 flex-col items-center justify-center gap-1 rounded-md text-xs sm:flex-none ${here ? "bg-raise font-medium text-text" : "text-muted hover:bg-raise hover:text-text"} ${className}`}
    >
      <Icon path={page.icon} />
      {t(page.name)}
      {badge > 0 ? (
        <span className="absolute top-1 right-1/2 translate-x-6 rounded-full bg-accent px-1 text-xs leading-4 font-semibold text-on-accent">
          {badge > 99 ? "99+" : badge}
          <span className="sr-only"> {t("waiting", { n: badge })}</span>
        </span>
      ) : null}
    </Link>
  );
}

export function Icon({ path }: { path: string }) {
  return (
    <svg
      viewBox="0 0 20 20"
      aria-hidden="true"
      className="size-5"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={path} />
    </svg>
  );
}
