"use client";
import type { ReactNode } from "react";
import type { Problem } from "@/api/client";
import { common } from "@/i18n/common";
import { useText } from "@/lib/language";
import type { Got } from "@/lib/query";
import { Button } from "./Button";
import { Command } from "./Command";
import { coded } from "./coded";
import { Age, Time } from "./Time";

interface FrameProps {
  title: ReactNode;
  /** At the right of the title: a switch, a figure. */
  aside?: ReactNode;
  className?: string;
  /** Without padding: for charts and tables that reach the edge. */
  flush?: boolean;
  children: ReactNode;
}

/** A panel's title and edge; `Panel` adds the states of what it shows. */
export function Frame({ title, aside, className = "", flush = false, children }: FrameProps) {
  return (
    <section
      className={`flex min-w-0 flex-col rounded-lg border border-line bg-panel ${className}`}
    >
      <header className="flex min-h-10 flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-1.5">
        <h2 className="text-sm font-semibold">{title}</h2>
        {aside}
      </header>
      <div className={`min-w-0 grow ${flush ? "" : "px-4 pb-4"}`}>{children}</div>
    </section>
  );
}

export interface Emptiness<T> {
  when(data: T): boolean;
  /** What would be here. */
  text: string;
  /** The one command that fills it. */
  command?: string;
}

interface PanelProps<T> extends Omit<FrameProps, "children"> {
  query: Got<T>;
  empty?: Emptiness<T>;
  /** The content's true shape while it loads; shown after 150 ms. */
  skeleton?: ReactNode;
  /** Greyed with this age: the content is as old as that moment. */
  staleSince?: string | number | null;
  children(data: T): ReactNode;
}

/** A panel of one request with its four states: loading, empty, error and stale. */
export function Panel<T>(props: PanelProps<T>) {
  const { query, empty, skeleton, staleSince, children, ...frame } = props;
  const { data, error } = query;
  if (data === undefined) {
    const waiting = error === null;
    return (
      <Frame {...frame} flush={false}>
        {waiting ? (
          <div className="animate-skeleton" aria-busy="true">
            {skeleton ?? <Skeleton />}
          </div>
        ) : (
          <Failure problem={error} since={query.errorUpdatedAt} retry={() => query.refetch()} />
        )}
      </Frame>
    );
  }
  if (empty?.when(data)) {
    return (
      <Frame {...frame} flush={false}>
        <Empty text={empty.text} command={empty.command} />
      </Frame>
    );
  }
  const since = staleSince ?? (error === null ? null : query.dataUpdatedAt);
  if (since === null) return <Frame {...frame}>{children(data)}</Frame>;
  return (
    <Frame {...frame} aside={<Stale since={since} retry={() => query.refetch()} />}>
      <div className="opacity-50 grayscale">{children(data)}</div>
    </Frame>
  );
}

function Stale({ since, retry }: { since: string | number; retry(): void }) {
  const t = useText(common);
  return (
    <span className="flex items-center gap-2 text-xs text-muted" role="status">
      <span>
        {t("stale")} <Age since={since} />
      </span>
      <button type="button" className="text-accent hover:underline" onClick={retry}>
        {t("retry")}
      </button>
    </span>
  );
}

/** What failed, since when, and a way to try again. */
export function Failure(props: { problem: Problem; since?: number; retry?(): void }) {
  const { problem, since, retry } = props;
  const t = useText(common);
  const detail = problem.status === 0 ? t("unreachable") : problem.detail;
  return (
    <div role="alert" className="flex flex-col items-start gap-2">
      <p className="text-bad">{coded(detail)}</p>
      <p className="text-muted">
        {coded(problem.remedy)}
        {since ? (
          <span className="text-faint">
            {" "}
            {t("since")} <Time value={since} />
          </span>
        ) : null}
      </p>
      {retry ? <Button onClick={retry}>{t("retry")}</Button> : null}
    </div>
  );
}

/** What would be here, and the command that fills it. */
export function Empty({ text, command }: { text: string; command?: string }) {
  return (
    <div className="flex flex-col items-start gap-2 py-1 text-muted">
      <p>{text}</p>
      {command ? <Command of={command} /> : null}
    </div>
  );
}

/** Grey lines: by default three; else rows × columns of a table. */
export function Skeleton({ rows = 3, columns = 1 }: { rows?: number; columns?: number }) {
  const cells = (count: number) => Array.from({ length: count }, (_, n) => n);
  return (
    <div className="flex flex-col gap-3 py-1">
      {cells(rows).map((row) => (
        <div key={row} className="flex gap-4">
          {cells(columns).map((column) => (
            <div key={column} className="h-3.5 grow rounded-sm bg-raise" />
          ))}
        </div>
      ))}
    </div>
  );
}
