import type { ReactNode } from "react";

/** How a model is drawn: a solid line and filled triangles, or dashed and hollow. */
export function Swatch({ kind }: { kind: "main" | "against" }) {
  const main = kind === "main";
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 32 10"
      className={`mr-0.5 inline-block h-2.5 w-8 align-baseline ${main ? "text-accent" : "text-muted"}`}
    >
      <line
        x1="0"
        x2="18"
        y1="5"
        y2="5"
        stroke="currentColor"
        strokeWidth="2"
        strokeDasharray={main ? undefined : "4 3"}
      />
      <path
        d="M26 1.5 L30 8.5 L22 8.5 Z"
        className="text-muted"
        fill={main ? "currentColor" : "none"}
        stroke="currentColor"
      />
    </svg>
  );
}

/** Names a model where there are two. */
export function Letter({ children }: { children: ReactNode }) {
  return <b className="font-semibold text-text">{children}</b>;
}
