"use client";
import { Button } from "@/components/Button";
import { Failure } from "@/components/Panel";
import { data as texts } from "@/i18n/data";
import { useNow } from "@/lib/clock";
import { useFormat, useText } from "@/lib/language";
import { BAR_S, BARS, sessionOpen } from "@/lib/market";
import { useGet } from "@/lib/query";
import { type Slot, slots } from "./calendar";

const LOOKS: Record<Slot, string> = {
  stored: "fill-faint/40",
  closeOnly: "fill-long",
  isMissing: "fill-panel stroke-short",
  notYet: "fill-raise",
};
const KINDS = ["stored", "closeOnly", "isMissing"] as const;
const STEP = 20;

/** The 60 places of a session: which are stored, which only have a close, which are missing. */
export function DayBars({ day, onClose }: { day: string; onClose(): void }) {
  const t = useText(texts);
  const f = useFormat();
  const now = useNow();
  const open = sessionOpen(day) * 1000;
  const span = {
    start: new Date(open).toISOString(),
    end: new Date(open + BARS * BAR_S * 1000).toISOString(),
  };
  const bars = useGet("/v1/bars", { query: { ...span, limit: BARS } });
  const found = slots(day, bars.data?.items ?? [], now);
  const count = (kind: Slot) => found.filter((one) => one === kind).length;
  const told = t("oneDayTold", {
    stored: count("stored") + count("closeOnly"),
    close: count("closeOnly"),
    missing: count("isMissing"),
  });
  return (
    <section className="flex flex-col gap-2 rounded-md border border-line p-3">
      <div className="flex items-center justify-between gap-4">
        <h3 className="font-medium">{t("oneDay", { day: f.date(day) })}</h3>
        <Button look="quiet" className="h-6! px-2! text-xs!" onClick={onClose}>
          {t("closeDay")}
        </Button>
      </div>
      {bars.error ? <Failure problem={bars.error} retry={() => bars.refetch()} /> : null}
      {bars.data === undefined ? null : (
        <>
          <svg
            viewBox={`0 0 ${BARS * STEP} 40`}
            preserveAspectRatio="none"
            role="img"
            aria-label={told}
            className="h-8 w-full"
          >
            {found.map((kind, n) => (
              <rect
                // biome-ignore lint/suspicious/noArrayIndexKey: the place is what it is
                key={n}
                x={n * STEP + 3}
                y={2}
                width={STEP - 6}
                height={36}
                vectorEffect="non-scaling-stroke"
                className={LOOKS[kind]}
              >
                <title>{`${f.clock(open + n * BAR_S * 1000)} ${t(kind)}`}</title>
              </rect>
            ))}
          </svg>
          <div className="flex flex-wrap justify-between gap-x-4 text-xs text-muted">
            <span>
              {f.clock(open)}–{f.clock(open + BARS * BAR_S * 1000)} · {told}
            </span>
            <ul className="flex gap-x-3">
              {KINDS.map((kind) => (
                <li key={kind} className="flex items-center gap-1">
                  <svg viewBox="0 0 10 10" aria-hidden="true" className="size-2.5">
                    <rect x={2.5} y={0.5} width={5} height={9} className={LOOKS[kind]} />
                  </svg>
                  {t(kind)}
                </li>
              ))}
            </ul>
          </div>
        </>
      )}
    </section>
  );
}
