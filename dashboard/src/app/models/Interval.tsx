"use client";
import { models } from "@/i18n/models";
import { useFormat, useText } from "@/lib/language";
import { type Challenger, drawn } from "./standing";

const HEIGHT = 24;
const MIDDLE = HEIGHT / 2;

/** The difference in Sharpe as a point on its interval, around 0. */
export function Interval({ challenger }: { challenger: Challenger }) {
  const t = useText(models);
  const f = useFormat();
  const { low, high, sharpe_difference: at } = challenger;
  const place = drawn(low, high, at);
  const end = (value: number | null) =>
    value === null ? t("unbounded") : f.ratio(value, { sign: true });
  const label = t("interval", {
    difference: f.ratio(at, { sign: true }),
    low: end(low),
    high: end(high),
  });
  const unbounded = low === null || high === null;
  const percent = (share: number) => `${share * 100}%`;
  return (
    <figure className="m-0 flex flex-col gap-1" title={t("intervalTitle")}>
      <svg role="img" aria-label={label} className="h-6 w-full overflow-visible">
        <line y1={MIDDLE} x2="100%" y2={MIDDLE} className="stroke-line" />
        <line x1="50%" x2="50%" y2={HEIGHT} className="stroke-faint" />
        <line
          x1={percent(place.low)}
          x2={percent(place.high)}
          y1={MIDDLE}
          y2={MIDDLE}
          strokeWidth="2"
          strokeDasharray={unbounded ? "2 4" : undefined}
          className="stroke-text"
        />
        {[low === null ? null : place.low, high === null ? null : place.high].map((x) =>
          x === null ? null : (
            <line
              key={x}
              x1={percent(x)}
              x2={percent(x)}
              y1={MIDDLE - 5}
              y2={MIDDLE + 5}
              strokeWidth="2"
              className="stroke-text"
            />
          ),
        )}
        {place.at === null ? null : (
          <circle cx={percent(place.at)} cy={MIDDLE} r="4" className="fill-accent" />
        )}
      </svg>
      <div aria-hidden="true" className="grid grid-cols-3 text-xs text-faint">
        <span>
          {f.number(-place.reach, 0)} {t("worse")}
        </span>
        <span className="text-center">0</span>
        <span className="text-right">
          {t("better")} {f.number(place.reach, 0, { sign: true })}
        </span>
      </div>
      <p aria-hidden="true" className="text-center text-xs text-muted">
        {low === null && high === null ? t("noInterval") : `${end(low)} … ${end(high)}`}
      </p>
    </figure>
  );
}
