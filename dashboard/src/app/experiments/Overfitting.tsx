"use client";
import type { Shape } from "@/api/client";
import { Figure, Figures } from "@/components/Figure";
import { experiments } from "@/i18n/experiments";
import { useFormat, useText } from "@/lib/language";

/** How likely it is that the best of these was chosen by luck. */
export function Overfitting({ found }: { found: Shape<"Overfitting"> | null }) {
  const t = useText(experiments);
  const f = useFormat();
  if (found === null) {
    return (
      <section>
        <h3 className="mb-2 font-medium">{t("overfitting")}</h3>
        <p className="text-muted">{t("tooFew")}</p>
      </section>
    );
  }
  const { values, counts } = found.logits;
  return (
    <section className="flex min-w-0 flex-col gap-3">
      <h3 className="font-medium">{t("overfitting")}</h3>
      <Figures>
        <Figure label={t("overfittingPercent")}>
          {f.percent(found.probability, { digits: 1 })}
        </Figure>
        <Figure label={t("lossPercent")}>
          {f.percent(found.probability_of_loss, { digits: 1 })}
        </Figure>
        <Figure label={t("degradation")}>{f.ratio(found.degradation)}</Figure>
      </Figures>
      <Logits values={values} counts={counts} />
      <p className="text-xs text-muted">
        {t("overfittingTold", { splits: f.count(found.splits), n: found.variants })}
      </p>
    </section>
  );
}

const HEIGHT = 64;

/** Ranks out of sample of what was best in sample: left of the middle it was worse than half. */
function Logits({ values, counts }: { values: readonly number[]; counts: readonly number[] }) {
  const t = useText(experiments);
  const f = useFormat();
  const most = Math.max(1, ...counts);
  const all = counts.reduce((sum, count) => sum + count, 0);
  return (
    <figure>
      <svg
        viewBox={`0 0 ${values.length * 10} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={t("logits")}
        className="h-16 w-full"
      >
        {values.map((value, n) => {
          const height = ((counts[n] ?? 0) / most) * HEIGHT;
          return (
            <rect
              key={value}
              x={n * 10 + 0.5}
              width={9}
              y={HEIGHT - height}
              height={height}
              className={value < 0 ? "fill-short" : "fill-faint/50"}
            >
              <title>{f.percent((counts[n] ?? 0) / Math.max(1, all), { unit: true })}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption className="flex justify-between text-xs text-muted">
        <span>{t("worstOut")}</span>
        <span>{t("bestOut")}</span>
      </figcaption>
    </figure>
  );
}
