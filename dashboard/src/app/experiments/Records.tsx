"use client";
import { Fragment, type ReactNode } from "react";
import { Panel } from "@/components/Panel";
import { Pick } from "@/components/Pick";
import { experiments } from "@/i18n/experiments";
import { useText } from "@/lib/language";
import type { Got } from "@/lib/query";
import { useUrlState } from "@/lib/url";

interface Page<R> {
  items: readonly R[];
  unreadable: readonly string[];
}
interface RecordsProps<R> {
  title: string;
  query: Got<Page<R>>;
  /** Where the address keeps the name of the chosen one. */
  param: string;
  label: string;
  /** What a record is called among the others. */
  called(record: R): string;
  none: string;
  command: string;
  children(record: R): ReactNode;
}

/** A panel of the newest runs of one kind, of which one is shown. */
export function Records<R extends { name: string }>(props: RecordsProps<R>) {
  const { title, query, param, label, called, none, command, children } = props;
  const t = useText(experiments);
  const [name, choose] = useUrlState(param);
  const all = query.data?.items ?? [];
  const shown = all.find((one) => one.name === name) ?? all[0];
  return (
    <Panel
      title={title}
      query={query}
      empty={{ when: ({ items }) => items.length === 0, text: none, command }}
      skeleton={<div className="h-96 rounded-sm bg-raise" />}
      aside={
        all.length < 2 ? null : (
          <Pick
            label={label}
            value={shown?.name ?? ""}
            options={all.map((one) => [one.name, called(one)])}
            onChange={choose}
          />
        )
      }
    >
      {({ unreadable }) => (
        <div className="flex flex-col gap-4">
          {unreadable.length === 0 ? null : (
            <p className="text-muted">
              {t("cantRead", { names: unreadable.join(", "), n: unreadable.length })}
            </p>
          )}
          {shown === undefined ? null : <Fragment key={shown.name}>{children(shown)}</Fragment>}
        </div>
      )}
    </Panel>
  );
}
