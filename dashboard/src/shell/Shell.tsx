"use client";
import { QueryClientProvider, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { api, data, keepCsrfToken } from "@/api/client";
import { Failure } from "@/components/Panel";
import { common } from "@/i18n/common";
import { useNow } from "@/lib/clock";
import { useText } from "@/lib/language";
import { LiveProvider } from "@/lib/live";
import { newQueryClient, useChange, useGet } from "@/lib/query";
import { SessionContext } from "@/lib/session";
import { setTheme, useTheme } from "@/lib/theme";
import { Help } from "./Help";
import { useGoKeys, useKeys } from "./keys";
import { Login } from "./Login";
import { Rail } from "./Rail";
import { Search } from "./Search";
import { StatusBar, StreamNotice } from "./StatusBar";
import type { Tool } from "./Tools";

const MINUTE_MS = 60_000;

/** Everything around a page. */
export function Shell({ children }: { children: ReactNode }) {
  const [client] = useState(newQueryClient);
  return (
    <QueryClientProvider client={client}>
      <Gate>{children}</Gate>
    </QueryClientProvider>
  );
}

/** Lets in who is logged in. */
function Gate({ children }: { children: ReactNode }) {
  const session = useGet("/v1/session", {}, { every: 5 * MINUTE_MS });
  if (session.error?.isLoggedOut) return <Login />;
  if (session.data === undefined) {
    return session.error === null ? (
      <Bare />
    ) : (
      <main className="grid min-h-dvh place-items-center">
        <Failure problem={session.error} retry={() => session.refetch()} />
      </main>
    );
  }
  keepCsrfToken(session.data.csrf_token);
  return (
    <SessionContext value={session.data}>
      <LiveProvider>
        <Around>{children}</Around>
      </LiveProvider>
    </SessionContext>
  );
}

/** The shell's shape, before it is known who asks. */
function Bare() {
  return (
    <div className="flex min-h-dvh" aria-busy="true">
      <div className="w-22 border-r border-line bg-panel max-sm:hidden" />
      <div className="h-11 grow border-b border-line bg-panel" />
    </div>
  );
}

function Around({ children }: { children: ReactNode }) {
  const t = useText(common);
  const now = useNow();
  const theme = useTheme();
  const client = useQueryClient();
  const [tool, setTool] = useState<Tool | null>(null);
  const leave = useChange(() => data(api.DELETE("/v1/session")), ["/v1/session"]);
  const use = (wanted: Tool) => {
    if (wanted === "logout") leave.mutate(undefined, { onSettled: () => client.resetQueries() });
    else setTool(wanted);
  };
  const close = () => setTool(null);
  useGoKeys();
  useKeys({
    "?": () => setTool("help"),
    "/": () => setTool("search"),
    t: () => setTheme(theme === "dark" ? "light" : "dark"),
  });
  useEffect(() => {
    document.body.dataset.ready = "true"; // what tests wait for
  }, []);
  return (
    <div className="sm:flex">
      <a
        href="#content"
        className="fixed top-1 left-1 z-30 -translate-y-20 rounded-md bg-accent px-3 py-1 text-on-accent focus:translate-y-0"
      >
        {t("skip")}
      </a>
      <Rail onTool={use} />
      <div className="flex min-w-0 grow flex-col">
        <StatusBar />
        <StreamNotice now={now} />
        <main id="content" className="grow max-sm:pb-16">
          {children}
        </main>
      </div>
      <Help open={tool === "help"} onClose={close} />
      <Search open={tool === "search"} onClose={close} />
    </div>
  );
}
