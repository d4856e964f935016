"use client";
import { Page } from "@/components/Page";
import { Empty } from "@/components/Panel";
import { common } from "@/i18n/common";
import { proposals } from "@/i18n/proposals";
import { useText } from "@/lib/language";

export function ProposalsView() {
  const t = useText(proposals);
  const c = useText(common);
  return (
    <Page title={t("title")}>
      <Empty text={c("soon")} />
    </Page>
  );
}
