"use client";
import { Page } from "@/components/Page";
import { Empty } from "@/components/Panel";
import { common } from "@/i18n/common";
import { experiments } from "@/i18n/experiments";
import { useText } from "@/lib/language";

export function ExperimentsView() {
  const t = useText(experiments);
  const c = useText(common);
  return (
    <Page title={t("title")}>
      <Empty text={c("soon")} />
    </Page>
  );
}
