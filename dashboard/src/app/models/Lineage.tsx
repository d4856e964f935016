"use client";
import { Hash } from "@/components/Hash";
import { lineageNames } from "@/i18n/models";
import { useFormat, useText } from "@/lib/language";

type Name = keyof typeof lineageNames;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const HEX = /^[0-9a-f]{16,}$/;

/** Everything that a model was made from; hashes are copied by a press. */
export function Lineage({ lineage }: { lineage: Readonly<Record<string, unknown>> }) {
  const name = useText(lineageNames);
  return (
    <dl className="grid gap-x-8 sm:grid-cols-2 xl:grid-cols-1 2xl:grid-cols-2">
      {Object.entries(lineage).map(([key, value]) => (
        <div key={key} className="flex justify-between gap-4 border-b border-line py-1">
          <dt className="min-w-0 text-muted">
            {Object.hasOwn(lineageNames, key) ? name(key as Name) : key}
          </dt>
          <dd className="max-w-3/5 shrink-0 text-right break-words">
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ value }: { value: unknown }) {
  const f = useFormat();
  if (typeof value === "string") {
    if (HEX.test(value)) return <Hash value={value} />;
    return DATE.test(value) ? f.date(value) : value || "–";
  }
  if (typeof value === "number") return String(value);
  const empty = value == null || Object.keys(value).length === 0;
  return empty ? "–" : <code className="font-mono text-xs">{JSON.stringify(value)}</code>;
}
