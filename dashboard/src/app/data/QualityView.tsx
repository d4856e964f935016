"use client";
import { Page } from "@/components/Page";
import { Empty } from "@/components/Panel";
import { common } from "@/i18n/common";
import { data } from "@/i18n/data";
import { useText } from "@/lib/language";

export function QualityView() {
  const t = useText(data);
  const c = useText(common);
  return (
    <Page title={t("title")}>
      <Empty text={c("soon")} />
    </Page>
  );
}
