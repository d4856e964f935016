import type { ReactNode } from "react";

interface PartProps {
  title: string;
  /** To the panel's edges: for tables. */
  flush?: boolean;
  children: ReactNode;
}

/** A part of a panel under a heading of its own. */
export function Part({ title, flush = false, children }: PartProps) {
  return (
    <section className="min-w-0">
      <h3 className="mb-2 font-medium">{title}</h3>
      {flush ? <div className="-mx-4">{children}</div> : children}
    </section>
  );
}
