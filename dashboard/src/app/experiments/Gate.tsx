"use client";
import type { Shape } from "@/api/client";
import { Empty, Frame, Panel } from "@/components/Panel";
import { Tag } from "@/components/Tag";
import { Time } from "@/components/Time";
import { experiments } from "@/i18n/experiments";
import { useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { Campaigns, FalsePromotions, StoppedBy } from "./GateTables";
import { PowerPlot } from "./PowerPlot";

export type Calibration = Shape<"GateCalibration">;

/** How often the promotion gate errs, measured on policies of known worth. */
export function GatePanel() {
  const t = useText(experiments);
  const found = useGet("/v1/gate-calibration");
  if (found.error?.status === 404) {
    return (
      <Frame title={t("gate")}>
        <Empty text={t("gateNone")} command="cambio gate calibrate" />
      </Frame>
    );
  }
  return (
    <Panel title={t("gate")} query={found} skeleton={<div className="h-96 rounded-sm bg-raise" />}>
      {(told) => <Told told={told} />}
    </Panel>
  );
}

function Told({ told }: { told: Calibration }) {
  const t = useText(experiments);
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Tag tone={told.holds ? "good" : "bad"}>{t(told.holds ? "gateHolds" : "gateFails")}</Tag>
        <span className="text-muted">
          {t("gateMeasured", { n: String(told.settings.real_sessions ?? "–") })}
          {" · "}
          <Time value={told.created_at} shape="moment" />
        </span>
      </div>
      {told.notices.map((notice) => (
        <p key={notice} className="text-muted">
          {notice}
        </p>
      ))}
      <div className="grid gap-x-8 gap-y-6 lg:grid-cols-2">
        <FalsePromotions told={told} />
        <PowerPlot told={told} />
      </div>
      <Campaigns told={told} />
      <StoppedBy told={told} />
    </div>
  );
}
