import type { ButtonHTMLAttributes, Ref } from "react";

type Look = "plain" | "primary" | "danger" | "quiet";

const LOOKS: Record<Look, string> = {
  plain: "border border-line bg-panel text-text hover:bg-raise",
  primary: "border border-accent bg-accent text-on-accent hover:opacity-90",
  danger: "border border-bad bg-bad text-on-bad hover:opacity-90",
  quiet: "border border-transparent text-muted hover:bg-raise hover:text-text",
};

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ look = "plain", className = "", type = "button", ...rest }: ButtonProps) {
  const shape =
    "inline-flex h-8 items-center justify-center gap-2 rounded-md px-3 text-sm font-medium whitespace-nowrap disabled:opacity-50";
  return <button type={type} className={`${shape} ${LOOKS[look]} ${className}`} {...rest} />;
}
