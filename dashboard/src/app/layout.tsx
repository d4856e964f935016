import type { Metadata, Viewport } from "next";
import { type ReactNode, Suspense } from "react";
import { Shell } from "@/shell/Shell";
import "./globals.css";

export const metadata: Metadata = {
  title: "cambio",
  description: "Reinforcement-learning trading for USD/COP.",
  icons: { icon: "/icon.svg" },
  robots: { index: false },
};

export const viewport: Viewport = { width: "device-width", initialScale: 1 };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        {/* Blocks on purpose: without it the first paint may be in the other theme. */}
        <script src="/theme.js" />
      </head>
      <body>
        <Shell>
          <Suspense>{children}</Suspense>
        </Shell>
      </body>
    </html>
  );
}
