"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { common } from "@/i18n/common";
import { useText } from "@/lib/language";
import { useGet } from "@/lib/query";
import { Dialog } from "./Dialog";
import { PAGES } from "./pages";

interface Hit {
  name: string;
  kind: string;
  href: string;
}
const MOST = 8;

/** Pages, models and proposals by their names. */
export function Search({ open, onClose }: { open: boolean; onClose(): void }) {
  const t = useText(common);
  return (
    <Dialog open={open} onClose={onClose} title={t("search")}>
      <Field onClose={onClose} />
    </Dialog>
  );
}

function useHits(words: string): Hit[] {
  const t = useText(common);
  const models = useGet("/v1/models", { query: { limit: 100 } });
  const proposals = useGet("/v1/proposals", { query: { limit: 100 } });
  const all: Hit[] = [
    ...PAGES.map((page) => ({ name: t(page.name), kind: t("pages"), href: page.href })),
    ...(models.data?.items ?? []).map(({ model_id }) => ({
      name: model_id,
      kind: t("models"),
      href: `/models/?id=${encodeURIComponent(model_id)}`,
    })),
    ...(proposals.data?.items ?? []).map(({ proposal_id, model_id }) => ({
      name: `${model_id} · ${proposal_id.slice(0, 8)}`,
      kind: t("proposals"),
      href: `/proposals/?id=${encodeURIComponent(proposal_id)}`,
    })),
  ];
  const wanted = words.toLowerCase().split(/\s+/);
  const fits = ({ name, kind }: Hit) => {
    const text = `${name} ${kind}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  };
  return all.filter(fits).slice(0, MOST);
}

/** `showModal` looks for the attribute, which React's own `autoFocus` does not write. */
function focusedFirst(field: HTMLInputElement | null) {
  field?.setAttribute("autofocus", "");
}

function Field({ onClose }: { onClose(): void }) {
  const t = useText(common);
  const router = useRouter();
  const [words, setWords] = useState("");
  const [at, setAt] = useState(0);
  const hits = useHits(words);
  const go = (hit: Hit | undefined) => {
    if (hit === undefined) return;
    router.push(hit.href);
    onClose();
  };
  const keys: Record<string, () => void> = {
    ArrowDown: () => setAt(Math.min(at + 1, hits.length - 1)),
    ArrowUp: () => setAt(Math.max(at - 1, 0)),
    Enter: () => go(hits[at]),
  };
  return (
    <>
      <input
        ref={focusedFirst}
        type="search"
        aria-label={t("search")}
        placeholder={t("searchHint")}
        value={words}
        onChange={(event) => {
          setWords(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          const act = keys[event.key];
          if (act === undefined) return;
          event.preventDefault();
          act();
        }}
        className="h-9 w-full rounded-md border border-line bg-bg px-3 text-sm"
      />
      <ul className="mt-2 min-h-40">
        {hits.map((hit, n) => (
          <li key={hit.href}>
            <button
              type="button"
              onClick={() => go(hit)}
              className={`flex w-full justify-between gap-4 rounded-md px-3 py-1.5 text-left ${n === at ? "bg-raise" : ""}`}
            >
              <span className="truncate">{hit.name}</span>
              <span className="text-faint">{hit.kind}</span>
            </button>
          </li>
        ))}
        {hits.length === 0 ? <li className="px-3 py-1.5 text-muted">{t("searchNone")}</li> : null}
      </ul>
    </>
  );
}
