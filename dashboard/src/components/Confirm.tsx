"use client";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import type { Problem } from "@/api/client";
import { common } from "@/i18n/common";
import { useText } from "@/lib/language";
import { Button } from "./Button";
import { Failure } from "./Panel";

interface ConfirmProps {
  open: boolean;
  title: string;
  /** What will happen, in words. */
  children: ReactNode;
  /** The dangerous answer, as what it does: "Close and block". */
  action: string;
  danger?: boolean;
  /** Asks for a comment, which the audit log keeps. Its words are given to `onConfirm`. */
  comment?: string;
  pending?: boolean;
  problem?: Problem | null;
  onConfirm(comment: string): void;
  onClose(): void;
}

/** Asks once, with the safe answer in focus. It can't be answered twice while it is sent. */
export function Confirm(props: ConfirmProps) {
  const { open, pending = false, onClose } = props;
  const t = useText(common);
  const dialog = useRef<HTMLDialogElement>(null);
  const safe = useRef<HTMLButtonElement>(null);
  const [words, setWords] = useState("");
  const title = useId();
  const field = useId();
  useEffect(() => {
    if (open && !dialog.current?.open) {
      setWords("");
      dialog.current?.showModal();
      safe.current?.focus();
    } else if (!open) dialog.current?.close();
  }, [open]);
  const sent = useRef(false); // at once, where `pending` comes with the next render
  // biome-ignore lint/correctness/useExhaustiveDependencies: what has ended, or begins, may be sent
  useEffect(() => {
    if (!pending) sent.current = false;
  }, [open, pending, props.problem]);
  const missing = props.comment !== undefined && words.trim() === "";
  return (
    <dialog
      ref={dialog}
      aria-labelledby={title}
      onClose={onClose}
      className="m-auto w-[min(28rem,calc(100vw-2rem))] rounded-lg border border-line bg-panel p-0 text-left whitespace-normal text-text"
    >
      <form
        className="flex flex-col gap-4 p-5"
        onSubmit={(event) => {
          event.preventDefault();
          if (pending || missing || sent.current) return;
          sent.current = true;
          props.onConfirm(words.trim().replace(/\s+/g, " ")); // the API takes one line
        }}
      >
        <h2 id={title} className="text-base font-semibold">
          {props.title}
        </h2>
        <div className="text-sm text-muted">{props.children}</div>
        {props.comment === undefined ? null : (
          <label htmlFor={field} className="flex flex-col gap-1 text-xs text-muted">
            {props.comment}
            <textarea
              id={field}
              value={words}
              rows={2}
              maxLength={1000}
              onChange={(event) => setWords(event.target.value)}
              className="rounded-md border border-line bg-bg px-2 py-1.5 text-sm text-text"
            />
          </label>
        )}
        {props.problem ? <Failure problem={props.problem} /> : null}
        <div className="flex justify-end gap-2">
          <Button ref={safe} onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button
            type="submit"
            look={props.danger ? "danger" : "primary"}
            disabled={pending || missing}
          >
            {props.action}
          </Button>
        </div>
      </form>
    </dialog>
  );
}
