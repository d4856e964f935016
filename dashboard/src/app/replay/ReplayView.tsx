"use client";
import { Page } from "@/components/Page";
import { Empty } from "@/components/Panel";
import { common } from "@/i18n/common";
import { replay } from "@/i18n/replay";
import { useText } from "@/lib/language";

export function ReplayView() {
  const t = useText(replay);
  const c = useText(common);
  return (
    <Page title={t("title")}>
      <Empty text={c("soon")} />
    </Page>
  );
}
