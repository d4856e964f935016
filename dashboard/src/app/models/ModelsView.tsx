"use client";
import { useRef } from "react";
import { Page } from "@/components/Page";
import { models } from "@/i18n/models";
import { useText } from "@/lib/language";
import { useStaleSince } from "@/lib/live";
import { useGet } from "@/lib/query";
import { useUrlState } from "@/lib/url";
import { CapitalPanel } from "./CapitalPanel";
import { ChallengerPanel } from "./ChallengerPanel";
import { EndedPanel, RefusedPanel, ShadowsPanel } from "./Deployments";
import { EquityPanel } from "./EquityPanel";
import { ModelPanel } from "./ModelPanel";
import { RegistryPanel } from "./RegistryPanel";

export function ModelsView() {
  const t = useText(models);
  const query = useGet("/v1/deployments");
  const staleSince = useStaleSince();
  const [id, choose] = useUrlState("id");
  const details = useRef<HTMLDivElement>(null);
  const open = (model: string) => {
    choose(model, { push: true });
    details.current?.scrollIntoView({ block: "nearest" });
  };
  const report = query.data;
  return (
    <Page title={t("title")}>
      {report === undefined ? null : <RefusedPanel refused={report.refused} />}
      <CapitalPanel query={query} staleSince={staleSince} />
      <div className="grid items-stretch gap-4 xl:grid-cols-[minmax(0,1fr)_24rem]">
        {report === undefined ? null : <EquityPanel report={report} staleSince={staleSince} />}
        <ChallengerPanel query={query} staleSince={staleSince} />
      </div>
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          <RegistryPanel staleSince={staleSince} chosen={id} onOpen={open} />
          <ShadowsPanel query={query} staleSince={staleSince} />
          <EndedPanel query={query} staleSince={staleSince} />
        </div>
        <div ref={details} className="min-w-0 scroll-mt-16">
          <ModelPanel id={id} report={report} />
        </div>
      </div>
    </Page>
  );
}
