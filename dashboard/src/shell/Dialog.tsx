"use client";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Button } from "@/components/Button";
import { common } from "@/i18n/common";
import { useText } from "@/lib/language";

/** Something over the page; Escape, a press beside it and its button close it. */
export function Dialog(props: {
  open: boolean;
  onClose(): void;
  title: string;
  children: ReactNode;
}) {
  const { open, onClose } = props;
  const t = useText(common);
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does what the press does
    <dialog
      ref={dialog}
      aria-labelledby={title}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
      className="m-auto w-[min(28rem,calc(100vw-2rem))] rounded-lg border border-line bg-panel p-0 text-text"
    >
      {open ? (
        <div className="p-5">
          <div className="mb-4 flex items-center justify-between">
            <h2 id={title} className="text-base font-semibold">
              {props.title}
            </h2>
            <Button look="quiet" onClick={onClose}>
              {t("close")}
            </Button>
          </div>
          {props.children}
        </div>
      ) : null}
    </dialog>
  );
}
