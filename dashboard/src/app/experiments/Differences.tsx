"use client";
import { Hash } from "@/components/Hash";
import { type Column, Table } from "@/components/Table";
import { experiments } from "@/i18n/experiments";
import { useText } from "@/lib/language";
import { Part } from "./Part";

interface DifferencesProps {
  title: string;
  names: readonly string[];
  /** By key: the value of each. */
  of: Readonly<Record<string, readonly unknown[]>>;
  /** What is said where nothing differs. */
  none?: string;
  /** Values are hashes: null is none, and each is to copy. */
  hashes?: boolean;
}

type Row = readonly [string, readonly unknown[]];

/** What differs, with the value of each beside the others'. */
export function Differences({ title, names, of, none, hashes = false }: DifferencesProps) {
  const t = useText(experiments);
  const rows: Row[] = Object.entries(of);
  const columns: Column<Row>[] = [
    { key: "key", header: t("key"), cell: ([key]) => key, lead: true },
    ...names.map((name, n) => ({
      key: name,
      header: name,
      cell: ([, values]: Row) => <Cell of={values[n]} isHash={hashes} />,
    })),
  ];
  return (
    <Part title={title} flush={rows.length > 0}>
      {rows.length === 0 ? (
        <p className="text-muted">{none ?? t("nothingDiffers")}</p>
      ) : (
        <Table label={title} columns={columns} rows={rows} id={([key]) => key} />
      )}
    </Part>
  );
}

function Cell({ of, isHash }: { of: unknown; isHash: boolean }) {
  if (!isHash) return <Value of={of} />;
  return typeof of === "string" ? <Hash value={of} length={14} /> : <>–</>;
}

const MOST = 24;

/** A setting's value as it stands in a file; long ones are cut, and told on hover. */
export function Value({ of }: { of: unknown }) {
  const text = of === undefined ? "–" : typeof of === "string" ? of : JSON.stringify(of);
  return (
    <code className="font-mono text-xs" title={text.length > MOST ? text : undefined}>
      {text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text}
    </code>
  );
}
