"use client";
import { useState } from "react";
import { api, data, type Shape } from "@/api/client";
import { Button } from "@/components/Button";
import { Confirm } from "@/components/Confirm";
import { common } from "@/i18n/common";
import { risk } from "@/i18n/risk";
import { useFormat, useText } from "@/lib/language";
import { useChange } from "@/lib/query";
import { useMay, useSession } from "@/lib/session";
import { ACCOUNT, type Line } from "./use";

/** Lets a book trade again that its drawdown has stopped; asks once. */
export function Resume({ line, limits }: { line: Line; limits: Shape<"RiskLimits"> }) {
  const t = useText(risk);
  const c = useText(common);
  const f = useFormat();
  const { role } = useSession();
  const may = useMay("operator");
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState(false);
  const change = useChange(
    (comment: string) => data(api.POST("/v1/risk/resume", { body: { book: line.name, comment } })),
    ["/v1/risk", "/v1/events", "/v1/audit"],
  );
  const name = line.name === ACCOUNT ? t("account").toLowerCase() : line.name;
  if (done) return <span className="text-xs text-muted">{t("resumes")}</span>;
  const close = () => {
    setAsking(false);
    change.reset();
  };
  return (
    <>
      <Button
        className="h-7! px-2.5! text-xs!"
        disabled={!may}
        title={may ? undefined : c("needsOperator", { role })}
        aria-label={t("resumeOf", { book: name })}
        onClick={() => setAsking(true)}
      >
        {t("resume")}
      </Button>
      <Confirm
        open={asking}
        title={t("resumeTitle", { book: name })}
        action={t("resumeAction")}
        danger
        comment={c("comment")}
        pending={change.isPending}
        problem={change.error}
        onConfirm={(comment) => change.mutate(comment, { onSuccess: () => setDone(true) })}
        onClose={close}
      >
        {t("resumeText", {
          drawdown: f.percent(line.book.drawdown, { unit: true }),
          peak: f.money(line.book.peak),
          equity: f.money(line.book.equity),
          limit: f.percent(limits.max_drawdown, { unit: true }),
        })}
      </Confirm>
    </>
  );
}
