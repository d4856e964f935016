"use client";
import { Choice } from "@/components/Choice";
import { Page } from "@/components/Page";
import { experiments } from "@/i18n/experiments";
import { useText } from "@/lib/language";
import { useUrlState } from "@/lib/url";
import { AbTestsPanel } from "./AbTests";
import { ChangesPanel } from "./Changes";
import { ComparePanel } from "./Compare";
import { namesIn } from "./filter";
import { GatePanel } from "./Gate";
import { LibraryPanel } from "./Library";
import { TrialsPanel } from "./Trials";
import { WalkForwardsPanel } from "./WalkForwards";

const VIEWS = ["library", "walkForwards", "abTests", "trials", "gate"] as const;
type View = (typeof VIEWS)[number];

/** What was tried, and how it ended. */
export function ExperimentsView() {
  const t = useText(experiments);
  const [wanted, want] = useUrlState("view", "library");
  const view: View = VIEWS.find((one) => one === wanted) ?? "library";
  return (
    <Page
      title={t("title")}
      aside={
        <div className="max-w-full overflow-x-auto">
          <Choice
            label={t("view")}
            options={VIEWS.map((one) => [one, t(one)] as const)}
            value={view}
            onChange={(next) => want(next, { push: true })}
          />
        </div>
      }
    >
      {view === "library" ? <Library /> : null}
      {view === "walkForwards" ? <WalkForwardsPanel /> : null}
      {view === "abTests" ? <AbTestsPanel /> : null}
      {view === "trials" ? <TrialsPanel /> : null}
      {view === "gate" ? <GatePanel /> : null}
    </Page>
  );
}

function Library() {
  const [chosen, choose] = useUrlState("name");
  const [address, compare] = useUrlState("compare");
  const names = namesIn(address);
  return (
    <>
      <LibraryPanel chosen={chosen} onOpen={choose} compared={names} onCompare={compare} />
      {chosen === "" ? null : <ChangesPanel name={chosen} onClose={() => choose("")} />}
      {names.length === 0 ? null : <ComparePanel names={names} onClear={() => compare("")} />}
    </>
  );
}
