"use client";
import { useState } from "react";
import type { Shape } from "@/api/client";
import { Button } from "@/components/Button";
import { Panel, Skeleton } from "@/components/Panel";
import { common } from "@/i18n/common";
import { replay } from "@/i18n/replay";
import { useFormat, useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { useMay, useSession } from "@/lib/session";
import { useUrlState } from "@/lib/url";
import { DayField, Field, SelectField } from "./fields";
import { newestMonth, type Period, storedPeriod, wrongWith } from "./period";
import { isOver } from "./usePlayback";
import type { Runs } from "./useReplay";

interface SetupProps {
  runs: Runs | null;
  onStart(model: string, against: string, period: Period): void;
  onStop(): void;
}

/** Which models over which days; all of it stands in the address. */
export function Setup(props: SetupProps) {
  const t = useText(replay);
  const models = useGet("/v1/models", { query: { limit: 500 } });
  return (
    <Panel
      title={t("what")}
      query={models}
      empty={{
        when: ({ items }) => items.length === 0,
        text: t("noModels"),
        command: "cambio experiment run",
      }}
      skeleton={<Skeleton rows={2} columns={4} />}
    >
      {({ items }) => <SetupForm {...props} models={items} />}
    </Panel>
  );
}

function SetupForm({ models, ...props }: SetupProps & { models: Shape<"ModelSummary">[] }) {
  const t = useText(replay);
  const f = useFormat();
  const form = useChosen(models[0]?.model_id ?? "");
  const [wrong, setWrong] = useState("");
  const { model, against, period, stored } = form;
  const begin = () => {
    const fault = model === against ? "sameModel" : wrongWith(period);
    if (fault === null) props.onStart(model, against, period);
    const day = (text: string) => (text === "" ? "" : f.date(text));
    const days = { from: day(period.from), to: day(period.to) };
    setWrong(fault === null ? "" : t(fault, days));
  };
  const name = (one: Shape<"ModelSummary">) =>
    one.is_active ? `${one.model_id} · ${t("champion")}` : one.model_id;
  const options = models.map((one) => [one.model_id, name(one)] as const);
  const known = (id: string) =>
    id === "" || models.some((one) => one.model_id === id)
      ? options
      : [[id, t("unknownModel", { model: id })] as const, ...options];
  return (
    <form
      className="flex flex-col gap-3"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        begin();
      }}
    >
      <div className="grid grid-cols-2 items-end gap-x-4 gap-y-3 lg:grid-cols-[minmax(0,2fr)_minmax(0,2fr)_minmax(9rem,1fr)_minmax(9rem,1fr)_auto]">
        <Field label={t("model")} wide>
          <SelectField value={model} options={known(model)} onChange={form.setModel} />
        </Field>
        <Field label={t("against")} wide>
          <SelectField
            value={against}
            options={[["", t("nobody")], ...known(against).filter(([id]) => id !== model)]}
            onChange={form.setAgainst}
          />
        </Field>
        <Field label={t("from")}>
          <DayField value={period.from} range={stored} onChange={form.setFrom} />
        </Field>
        <Field label={t("to")}>
          <DayField value={period.to} range={stored} onChange={form.setTo} />
        </Field>
        <Buttons runs={props.runs} onStop={props.onStop} />
      </div>
      {wrong === "" ? null : (
        <p role="alert" className="text-bad">
          {wrong}
        </p>
      )}
      <p className="max-w-[75rem] text-xs text-muted">
        {stored === null ? null : t("stored", { from: f.date(stored.from), to: f.date(stored.to) })}{" "}
        {t("look")}
        {props.runs !== null && isOther(props.runs, model, against, period) ? (
          <span className="text-text"> {t("changed")}</span>
        ) : null}
      </p>
    </form>
  );
}

function Buttons({ runs, onStop }: Pick<SetupProps, "runs" | "onStop">) {
  const t = useText(replay);
  const c = useText(common);
  const may = useMay("operator");
  const { role } = useSession();
  const running = runs !== null && !isOver(runs);
  return (
    <div className="col-span-2 flex gap-2 lg:col-span-1">
      {running ? <Button onClick={onStop}>{t("stop")}</Button> : null}
      <Button
        type="submit"
        look={running ? "plain" : "primary"}
        disabled={!may}
        title={may ? undefined : c("needsOperator", { role })}
      >
        {runs === null ? t("start") : t("again")}
      </Button>
      {may ? null : <p className="self-center text-muted">{c("needsOperator", { role })}</p>}
    </div>
  );
}

/** The form's values: those of the address; else the champion, or without one the model that was
 * proposed last, over the newest month. */
function useChosen(newest: string) {
  const deployments = useGet("/v1/deployments");
  const proposed = useGet("/v1/proposals", { query: { limit: 1 } });
  const quality = useGet("/v1/data/quality");
  const stored = quality.data ? storedPeriod(quality.data.bars) : null;
  const usual = stored === null ? { from: "", to: "" } : newestMonth(stored);
  const known = deployments.isFetched && proposed.isFetched;
  const asked = proposed.data?.items[0]?.model_id ?? newest;
  const first = deployments.data?.champion?.model_id ?? (known ? asked : "");
  const [model, setModel] = useUrlState("model");
  const [against, setAgainst] = useUrlState("against");
  const [from, setFrom] = useUrlState("from");
  const [to, setTo] = useUrlState("to");
  return {
    model: model || first,
    against,
    period: { from: from || usual.from, to: to || usual.to },
    stored,
    setModel,
    setAgainst,
    setFrom,
    setTo,
  };
}

function isOther({ main, against }: Runs, model: string, other: string, period: Period): boolean {
  const same = main.model === model && (against?.model ?? "") === other;
  return !same || main.period.from !== period.from || main.period.to !== period.to;
}
