import type { ReactNode } from "react";

/** A page's title, what belongs beside it, and its panels below each other. */
export function Page(props: { title: ReactNode; aside?: ReactNode; children: ReactNode }) {
  return (
    <div className="mx-auto flex w-full max-w-[100rem] flex-col gap-4 p-4">
      <div className="flex min-h-8 flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h1 className="min-w-0 text-lg font-semibold wrap-anywhere">{props.title}</h1>
        {props.aside}
      </div>
      {props.children}
    </div>
  );
}
