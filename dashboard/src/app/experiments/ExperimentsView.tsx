"use client";
import { Page } from "@/components/Page";
import { experiments } from "@/i18n/experiments";
import { useText } from "@/lib/language";
import { useUrlState } from "@/lib/url";
import { ChangesPanel } from "./Changes";
import { LibraryPanel } from "./Library";
import { TrialsPanel } from "./Trials";
import { WalkForwardsPanel } from "./WalkForwards";

/** What was tried, and how it ended. */
export function ExperimentsView() {
  const t = useText(experiments);
  const [chosen, choose] = useUrlState("name");
  return (
    <Page title={t("title")}>
      <LibraryPanel chosen={chosen} onOpen={choose} />
      {chosen === "" ? null : <ChangesPanel name={chosen} />}
      <WalkForwardsPanel />
      <TrialsPanel />
    </Page>
  );
}
