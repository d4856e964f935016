"use client";
import { Page } from "@/components/Page";
import { Empty } from "@/components/Panel";
import { common } from "@/i18n/common";
import { risk } from "@/i18n/risk";
import { useText } from "@/lib/language";

export function RiskView() {
  const t = useText(risk);
  const c = useText(common);
  return (
    <Page title={t("title")}>
      <Empty text={c("soon")} />
    </Page>
  );
}
