"use client";
import { Page } from "@/components/Page";
import { Empty, Frame } from "@/components/Panel";
import { replay } from "@/i18n/replay";
import { useFormat, useText } from "@/lib/language";
import { useUrlState } from "@/lib/url";
import { Setup } from "./Setup";
import { Stage } from "./Stage";
import { useReplay } from "./useReplay";

/** A model over recorded bars, alone or beside another one. */
export function ReplayView() {
  const t = useText(replay);
  const f = useFormat();
  const { runs, start, stop, goOn } = useReplay();
  const [at] = useUrlState("at");
  const until = Date.parse(at);
  return (
    <Page title={t("title")}>
      <Setup runs={runs} onStart={start} onStop={stop} />
      {runs === null ? (
        <Frame title={t("market")}>
          <Empty
            text={Number.isNaN(until) ? t("ready") : t("readyAt", { time: f.moment(until) })}
          />
        </Frame>
      ) : (
        <Stage runs={runs} goOn={goOn} />
      )}
    </Page>
  );
}
