import type { ReactNode } from "react";

/** A named figure: its label above, its value, and a note below. */
export function Figure(props: { label: string; note?: ReactNode; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-0.5">
      <dt className="truncate text-xs text-muted">{props.label}</dt>
      <dd className="text-base font-semibold whitespace-nowrap">{props.children}</dd>
      {props.note ? <dd className="text-xs text-faint">{props.note}</dd> : null}
    </div>
  );
}

/** Figures beside each other, as many as fit. */
export function Figures({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-[repeat(auto-fill,minmax(7.5rem,1fr))] gap-x-4 gap-y-4">
      {children}
    </dl>
  );
}
