"use client";
import type { Shape } from "@/api/client";
import { Tag } from "@/components/Tag";
import { data as texts } from "@/i18n/data";
import { useFormat, useText } from "@/lib/language";
import { HEIGHT, outlines, WIDTH } from "./histogram";

/** One feature in training, filled, and in the last sessions, as a line above it. */
export function Histogram({ of }: { of: Shape<"FeatureHistogram"> }) {
  const t = useText(texts);
  const f = useFormat();
  const [training, live] = outlines(of.training, of.live);
  const told = { ks: f.number(of.ks, 2), p: f.number(of.p_value, 3) };
  const [low, high] = [of.edges[0] ?? null, of.edges.at(-1) ?? null];
  const digits = Math.max(Math.abs(low ?? 0), Math.abs(high ?? 0)) < 0.1 ? 4 : 2;
  return (
    <figure className="flex flex-col gap-1">
      <figcaption className="flex h-5 items-center justify-between gap-2 text-xs">
        <span className={`truncate font-medium ${of.alert ? "text-text" : "text-muted"}`}>
          {of.feature}
        </span>
        {of.alert ? <Tag tone="bad">{t("drifted")}</Tag> : null}
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t("histogram", { feature: of.feature, ...told })}
        className="h-14 w-full border-b border-line"
      >
        <path d={training} className="fill-faint/40" />
        <path
          d={live}
          vectorEffect="non-scaling-stroke"
          strokeWidth={1.5}
          className={`fill-none ${of.alert ? "stroke-bad" : "stroke-text"}`}
        />
      </svg>
      <p className="flex justify-between text-xs text-faint">
        <span>{f.number(low, digits)}</span>
        <span>{f.number(high, digits)}</span>
      </p>
      <p className="flex justify-between text-xs text-muted">
        <span>
          {t("distance")} {told.ks}
        </span>
        <span>
          {t("pValue")} {told.p}
        </span>
      </p>
    </figure>
  );
}
