"use client";
import { common } from "@/i18n/common";
import { setLanguage, useLanguage, useText } from "@/lib/language";
import { setTheme, useTheme } from "@/lib/theme";
import { Icon } from "./Rail";

export type Tool = "search" | "help" | "logout";

const ICONS = {
  search: "M9 3.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM13.2 13.2L17 17",
  theme: "M10 3a7 7 0 1 0 0 14zM10 3a7 7 0 0 1 0 14",
  help: "M7.5 7.5a2.5 2.5 0 1 1 3.6 2.2c-.7.4-1.1.9-1.1 1.8M10 14.5v.3",
  logout: "M8 3H4v14h4M12 6l4 4-4 4M16 10H8",
};

/** Search, theme, language, keys and log-out. */
export function Tools({ onTool }: { onTool(tool: Tool): void }) {
  const t = useText(common);
  const theme = useTheme();
  const language = useLanguage();
  const button = (name: keyof typeof ICONS, act: () => void) => (
    <button
      type="button"
      aria-label={t(name)}
      title={t(name)}
      onClick={act}
      className="flex size-9 items-center justify-center rounded-md text-muted hover:bg-raise hover:text-text"
    >
      <Icon path={ICONS[name]} />
    </button>
  );
  return (
    <div className="flex justify-center gap-1 sm:flex-col">
      {button("search", () => onTool("search"))}
      {button("theme", () => setTheme(theme === "dark" ? "light" : "dark"))}
      <button
        type="button"
        aria-label={t("language")}
        title={t("language")}
        onClick={() => setLanguage(language === "en" ? "es" : "en")}
        className="flex size-9 items-center justify-center rounded-md text-xs font-medium text-muted uppercase hover:bg-raise hover:text-text"
      >
        {language === "en" ? "es" : "en"}
      </button>
      {button("help", () => onTool("help"))}
      {button("logout", () => onTool("logout"))}
    </div>
  );
}
