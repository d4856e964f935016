import type { common } from "@/i18n/common";

/** The dashboard's pages in the order of the rail; `g` and the key go there. */
export interface PageLink {
  name: keyof typeof common & string;
  href: string;
  key: string;
  /** Path of its icon, 20 × 20, drawn as a line. */
  icon: string;
}

export const PAGES: readonly PageLink[] = [
  { name: "live", href: "/live/", key: "l", icon: "M2 11h3l3-7 4 13 3-9 1.5 3H18" },
  {
    name: "replay",
    href: "/replay/",
    key: "r",
    icon: "M4 4v4h4M4.5 8a6.5 6.5 0 1 1-1 4M10 7v3.5l2.5 1.5",
  },
  {
    name: "proposals",
    href: "/proposals/",
    key: "p",
    icon: "M4 3h12v14H4zM7 8l1.5 1.5L11 7M7 13h6",
  },
  {
    name: "models",
    href: "/models/",
    key: "m",
    icon: "M10 2.5l7 4v7l-7 4-7-4v-7zM3 6.5l7 4 7-4M10 10.5v7",
  },
  {
    name: "experiments",
    href: "/experiments/",
    key: "e",
    icon: "M8 3v5l-4.5 7.5A1 1 0 0 0 4.4 17h11.2a1 1 0 0 0 .9-1.5L12 8V3M6.5 3h7M6 13h8",
  },
  {
    name: "data",
    href: "/data/",
    key: "d",
    icon: "M3 3h5v5H3zM12 3h5v5h-5zM3 12h5v5H3zM12 12h5v5h-5z",
  },
  {
    name: "risk",
    href: "/risk/",
    key: "k",
    icon: "M10 2.5l6.5 2.5v4.5c0 4-2.7 6.7-6.5 8-3.8-1.3-6.5-4-6.5-8V5zM10 7v3.5M10 13v.5",
  },
];

/** Whether a page is the one at a path; the first one stands at `/` too. */
export function isAt(page: PageLink, path: string): boolean {
  return path.startsWith(page.href) || (path === "/" && page === PAGES[0]);
}
