"use client";
import type { Shape } from "@/api/client";
import { Empty, Frame, Panel } from "@/components/Panel";
import { Tag } from "@/components/Tag";
import { data as texts } from "@/i18n/data";
import { useFormat, useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { barsOf, HEIGHT, WIDTH } from "./histogram";

type Feature = Shape<"FeatureHistogram">;

/** Each feature's values in training and in the last sessions; loud where they drifted. */
export function DriftPanel() {
  const t = useText(texts);
  const champion = useGet("/v1/deployments").data?.champion?.model_id;
  const readings = useGet(
    "/v1/drift",
    { query: { model_id: champion ?? null, limit: 1 } },
    { enabled: champion !== undefined },
  );
  if (champion === undefined || !readings.data?.items.length) {
    return (
      <Frame title={t("drift")}>
        <Empty text={t("driftNone")} command="cambio live" />
      </Frame>
    );
  }
  return <DriftOf model={champion} />;
}

function DriftOf({ model }: { model: string }) {
  const t = useText(texts);
  const found = useGet("/v1/drift/histograms", { query: { model_id: model } });
  return (
    <Panel
      title={t("drift")}
      query={found}
      empty={{
        when: ({ features }) => features.length === 0,
        text: t("driftNone"),
        command: "cambio live",
      }}
      skeleton={<div className="h-64 rounded-sm bg-raise" />}
      aside={<span className="font-mono text-xs text-muted">{model}</span>}
    >
      {({ features }) => (
        <ul className="grid grid-cols-2 gap-x-4 gap-y-6 sm:grid-cols-3 lg:grid-cols-5">
          {features.map((one) => (
            <li key={one.feature}>
              <Histogram of={one} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Histogram({ of }: { of: Feature }) {
  const t = useText(texts);
  const f = useFormat();
  const [trained, live] = barsOf(of.training, of.live);
  const told = { ks: f.number(of.ks, 2), p: f.number(of.p_value, 3) };
  return (
    <figure className="flex flex-col gap-1">
      <figcaption className="flex items-baseline justify-between gap-2 text-xs">
        <span className="truncate font-medium">{of.feature}</span>
        {of.alert ? <Tag tone="bad">{t("drifted")}</Tag> : null}
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="w-full" role="img">
        <title>{`${of.feature}: ${t("distance")} ${told.ks}, ${t("pValue")} ${told.p}`}</title>
        {trained.map((bar) => (
          <rect key={bar.x} {...bar} className="fill-line" />
        ))}
        {live.map((bar) => (
          <rect key={bar.x} {...bar} className="fill-accent opacity-60" />
        ))}
      </svg>
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
