"use client";
import { Page } from "@/components/Page";
import { live } from "@/i18n/live";
import { useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { SignalsPanel, TradesPanel } from "./Lists";
import { MarketPanel } from "./MarketPanel";
import { PositionPanel } from "./PositionPanel";
import { SignalPanel } from "./SignalPanel";

export function LiveView() {
  const t = useText(live);
  const deployments = useGet("/v1/deployments");
  const champion = deployments.data?.champion?.model_id ?? null;
  const challenger = deployments.data?.challenger?.model_id ?? null;
  return (
    <Page
      title={t("title")}
      aside={
        champion === null ? null : <span className="wrap-anywhere text-muted">{champion}</span>
      }
    >
      <div className="grid gap-4 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <MarketPanel books={{ champion, challenger }} />
        <div className="flex flex-col gap-4">
          <PositionPanel />
          <SignalPanel />
        </div>
      </div>
      <div className="grid items-start gap-4 2xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <SignalsPanel />
        <TradesPanel champion={champion} />
      </div>
    </Page>
  );
}
