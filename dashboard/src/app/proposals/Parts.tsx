"use client";
import { resultColor } from "@/components/Side";
import { partNames } from "@/i18n/proposal-terms";
import { proposals } from "@/i18n/proposals";
import { type Catalogue, type Language, say } from "@/lib/catalogue";
import { NONE } from "@/lib/format";
import { useFormat, useLanguage, useText } from "@/lib/language";
import type { Part } from "./evidence";
import { monthOf } from "./figures";

interface PartsProps {
  title: string;
  units: "money" | "percent";
  parts: readonly Part[];
  /** Header of the counts; without it they are left out. */
  count?: "trades" | "barsHeld" | "sessions";
  second?: "winRate" | "sharpe";
}

const NAMES: Catalogue = partNames;
const WIDTH = 120;
const HEAD = "border-b border-line pb-1 pl-3 text-right text-xs font-medium text-muted";

/** The parts of a result with bars beside each other's zero. */
export function Parts({ title, units, parts, count, second }: PartsProps) {
  const t = useText(proposals);
  const f = useFormat();
  const language = useLanguage();
  const most = Math.max(...parts.map(({ value }) => Math.abs(value)), 1e-12);
  const secondText = (value: number | null) =>
    second === "winRate" ? f.percent(value, { digits: 0 }) : f.ratio(value);
  return (
    <table className="h-fit w-full border-collapse">
      <thead>
        <tr>
          <th scope="col" className={`${HEAD} pl-0! text-left!`}>
            {title}
          </th>
          <th scope="col" className={HEAD}>
            {t(units === "money" ? "resultMoney" : "resultPercent")}
          </th>
          <th scope="col" className={`${HEAD} max-sm:hidden`}>
            <span className="sr-only">{t("bar")}</span>
          </th>
          {count ? <Head text={t(count)} /> : null}
          {second ? <Head text={t(second)} /> : null}
        </tr>
      </thead>
      <tbody>
        {parts.map((part) => (
          <tr key={part.name} className="border-b border-line last:border-b-0">
            <th scope="row" className="py-1 text-left font-normal">
              {nameOf(part.name, language)}
            </th>
            <td className={`py-1 pl-3 text-right font-medium ${resultColor(part.value)}`}>
              {f[units](part.value, { sign: true })}
            </td>
            <td className="w-32 py-1 pl-3 max-sm:hidden">
              <Bar share={part.value / most} />
            </td>
            {count ? (
              <td className="py-1 pl-3 text-right text-muted">{f.count(part.count)}</td>
            ) : null}
            {second ? (
              <td className="py-1 pl-3 text-right text-muted">
                {part.second === null ? NONE : secondText(part.second)}
              </td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Head({ text }: { text: string }) {
  return (
    <th scope="col" className={HEAD}>
      {text}
    </th>
  );
}

/** From the middle to the right for a gain, to the left for a loss. */
function Bar({ share }: { share: number }) {
  const half = WIDTH / 2;
  const length = Math.abs(share) * (half - 2);
  return (
    <svg viewBox={`0 0 ${WIDTH} 12`} className="h-3 w-30" aria-hidden="true">
      <rect
        x={share < 0 ? half - length : half}
        y="2"
        width={length}
        height="8"
        className={share < 0 ? "fill-short" : "fill-long"}
      />
      <path d={`M${half} 0V12`} className="stroke-faint" />
    </svg>
  );
}

const MONTH = /^\d{4}-\d\d$/;

/** A part's name in words; hours stay as they are. */
function nameOf(name: string, language: Language): string {
  if (MONTH.test(name)) return `${monthOf(`${name}-01`, language)} ${name.slice(0, 4)}`;
  const entry = NAMES[name];
  return entry === undefined ? name : say(entry, language);
}
