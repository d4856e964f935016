"use client";
import { api, data } from "@/api/client";
import { Confirm } from "@/components/Confirm";
import { common } from "@/i18n/common";
import { data as texts } from "@/i18n/data";
import { useText } from "@/lib/language";
import { useChange } from "@/lib/query";
import type { RefusedRow } from "./Refused";

export type Decision = "release" | "drop";
const MOST = 5;

/** Asks for the reason, then releases or drops rows. */
export function Resolve(props: {
  rows: readonly RefusedRow[];
  /** What is being decided; null: nothing. */
  decision: Decision | null;
  onDone(): void;
  onClose(): void;
}) {
  const { rows, decision, onDone, onClose } = props;
  const t = useText(texts);
  const c = useText(common);
  const change = useChange(
    (body: { ids: number[]; comment: string }) =>
      decision === "drop"
        ? data(api.POST("/v1/quarantine/drop", { body }))
        : data(api.POST("/v1/quarantine/release", { body })),
    ["/v1/quarantine", "/v1/data", "/v1/macro"],
  );
  const n = rows.length;
  const drops = decision === "drop";
  const close = () => {
    change.reset();
    onClose();
  };
  return (
    <Confirm
      open={decision !== null}
      danger={drops}
      title={t(drops ? "dropTitle" : "releaseTitle", { n })}
      action={t(drops ? "drop" : "release")}
      comment={c("comment")}
      pending={change.isPending}
      problem={change.error}
      onConfirm={(comment) => {
        const done = () => {
          onDone();
          close();
        };
        change.mutate({ ids: rows.map(({ id }) => id), comment }, { onSuccess: done });
      }}
      onClose={close}
    >
      <p>{t(drops ? "dropText" : "releaseText", { n })}</p>
      <ul className="mt-2 font-mono text-xs text-text">
        {rows.slice(0, MOST).map((row) => (
          <li key={row.id} className="truncate">
            {row.key}
          </li>
        ))}
        {n > MOST ? <li className="text-muted">{t("andMore", { n: n - MOST })}</li> : null}
      </ul>
    </Confirm>
  );
}
