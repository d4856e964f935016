"use client";
import { type ReactNode, useId, useState } from "react";
import { Button } from "@/components/Button";
import { Confirm } from "@/components/Confirm";
import { common } from "@/i18n/common";
import { models } from "@/i18n/models";
import { useFormat, useText } from "@/lib/language";
import { useChange, useGet } from "@/lib/query";
import { type Role, useMay, useSession } from "@/lib/session";
import type { Refusal } from "./permits";

const TOUCHES = ["/v1/deployments", "/v1/models", "/v1/champion", "/v1/audit", "/v1/risk"];

interface ActProps {
  label: string;
  /** For those who don't see where it stands. */
  name?: string;
  title: string;
  /** What the answer does. */
  action: string;
  /** It takes capital away, or gives all of it. */
  danger?: boolean;
  needs: Role;
  refusal: Refusal;
  /** Writes the reason why it can't be done beside the button. */
  told?: boolean;
  send(comment: string): Promise<unknown>;
  /** What will happen. */
  children: ReactNode;
}

/** A button that asks once, with a comment; disabled with the reason where it can't be done. */
export function Act(props: ActProps) {
  const t = useText(models);
  const c = useText(common);
  const { role } = useSession();
  const may = useMay(props.needs);
  const [asking, setAsking] = useState(false);
  const change = useChange(props.send, TOUCHES);
  const reason = useId();
  const close = () => {
    setAsking(false);
    change.reset();
  };
  const why = !may
    ? t("needsRole", { needed: props.needs, role })
    : props.refusal === null
      ? undefined
      : t(props.refusal);
  return (
    <span className="inline-flex items-center gap-2">
      <Button
        className="h-7! px-2.5! text-xs!"
        disabled={why !== undefined}
        title={why}
        aria-label={props.name}
        aria-describedby={why === undefined ? undefined : reason}
        onClick={() => setAsking(true)}
      >
        {props.label}
      </Button>
      {why === undefined ? null : (
        <span id={reason} className={props.told ? "text-xs text-muted" : "sr-only"}>
          {why}
        </span>
      )}
      <Confirm
        open={asking}
        title={props.title}
        action={props.action}
        danger={props.danger}
        comment={c("comment")}
        pending={change.isPending}
        problem={change.error}
        onConfirm={(comment) => change.mutate(comment, { onSuccess: close })}
        onClose={close}
      >
        {props.children}
      </Confirm>
    </span>
  );
}

/** From which bar on a change counts: the engine obeys with the next one that it decides on. */
export function useNextBar(): string {
  const t = useText(models);
  const f = useFormat();
  const risk = useGet("/v1/risk");
  const last = risk.data?.as_of;
  return last ? t("barAfter", { day: f.day(last), clock: f.clock(last) }) : t("nextBar");
}
