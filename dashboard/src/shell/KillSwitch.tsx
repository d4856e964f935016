"use client";
import { useState } from "react";
import { api, data } from "@/api/client";
import { Button } from "@/components/Button";
import { Confirm } from "@/components/Confirm";
import { common } from "@/i18n/common";
import { useText } from "@/lib/language";
import { useChange, useGet } from "@/lib/query";
import { useMay, useSession } from "@/lib/session";

const PACE_MS = 15_000;

/** Stops all trading, or lets it go on; asks once. */
export function KillSwitch() {
  const t = useText(common);
  const { role } = useSession();
  const may = useMay("operator");
  const [asking, setAsking] = useState(false);
  const found = useGet("/v1/kill-switch", {}, { every: PACE_MS });
  const risk = useGet("/v1/risk");
  const change = useChange(
    (word: { on: boolean; comment: string }) => data(api.PUT("/v1/kill-switch", { body: word })),
    ["/v1/kill-switch", "/v1/risk"],
  );
  const on = found.data?.on ?? false;
  const held = (risk.data?.books ?? []).filter((book) => book.position !== 0);
  const positions = held
    .map(({ position, model_id }) => `${t(position > 0 ? "long" : "short")} (${model_id})`)
    .join(", ");
  const close = () => {
    setAsking(false);
    change.reset();
  };
  return (
    <>
      <Button
        look={on ? "danger" : "plain"}
        className="h-7! px-2.5! text-xs!"
        disabled={!may || found.data === undefined}
        title={may ? undefined : t("needsOperator", { role })}
        onClick={() => setAsking(true)}
      >
        <svg viewBox="0 0 12 12" aria-hidden="true" className="size-3" fill="currentColor">
          <path d="M3.5 0h5L12 3.5v5L8.5 12h-5L0 8.5v-5z" />
        </svg>
        <span className="max-sm:sr-only">{on ? t("killed") : t("kill")}</span>
      </Button>
      <Confirm
        open={asking}
        danger={!on}
        title={on ? t("liftTitle") : t("killTitle")}
        action={on ? t("liftAction") : t("killAction")}
        comment={t("comment")}
        pending={change.isPending}
        problem={change.error}
        onConfirm={(comment) => change.mutate({ on: !on, comment }, { onSuccess: close })}
        onClose={close}
      >
        {on
          ? t("liftText", { who: found.data?.changed_by ?? "–", why: found.data?.comment ?? "–" })
          : positions === ""
            ? t("killFlat")
            : t("killOpen", { positions })}
      </Confirm>
    </>
  );
}
