import type { ReactNode } from "react";

export interface Column<Row> {
  key: string;
  /** With the unit, where it has one: the cells hold bare numbers. */
  header: string;
  /** `number`: right-aligned; with the same decimals in each row the decimal signs stand in line. */
  kind?: "text" | "number";
  cell(row: Row): ReactNode;
  /** Takes the room that is left; what doesn't fit is cut, and told on hover by the cell itself. */
  grow?: boolean;
  /** Takes the whole width of the card on a phone, without its header. */
  lead?: boolean;
  /** Not on the card. */
  wide?: boolean;
}

interface TableProps<Row> {
  /** What is listed, for those who can't see it. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  id(row: Row): string | number;
  /** Opens a row, by a press or Enter. */
  onOpen?(row: Row): void;
  /** The row that is open. */
  chosen?: string | number | null;
  /** So few columns that it stays a table on a phone. */
  narrow?: boolean;
}

/** A table; on a phone each row is a card, unless it is narrow. */
export function Table<Row>(props: TableProps<Row>) {
  const { label, columns, rows, id, onOpen, chosen, narrow = false } = props;
  const cards = narrow ? NARROW : CARDS;
  const opener = (row: Row) =>
    onOpen === undefined
      ? {}
      : {
          tabIndex: 0,
          onClick: () => onOpen(row),
          onKeyDown: (event: React.KeyboardEvent) => {
            if (event.key === "Enter" && event.target === event.currentTarget) onOpen(row);
          },
        };
  return (
    <div className="overflow-x-auto">
      <table className={`w-full border-collapse ${cards.table}`} aria-label={label}>
        <thead className={cards.head}>
          <tr>
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                className={`border-b border-line px-3 pb-1.5 text-xs font-medium whitespace-nowrap text-muted first:pl-4 last:pr-4 ${align(column)}`}
              >
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className={cards.table}>
          {rows.map((row) => (
            <tr
              key={id(row)}
              {...opener(row)}
              aria-current={chosen === id(row) ? "true" : undefined}
              className={`border-b border-line last:border-b-0 ${cards.row} aria-[current]:bg-raise ${onOpen ? "cursor-pointer hover:bg-raise" : ""}`}
            >
              {columns.map((column) => (
                <td
                  key={column.key}
                  data-header={column.lead ? undefined : column.header}
                  className={`px-3 py-1.5 first:pl-4 last:pr-4 ${align(column)} ${narrow ? "" : card(column)}`}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const CARDS = {
  table: "max-sm:block",
  head: "max-sm:sr-only",
  row: "max-sm:grid max-sm:grid-cols-2 max-sm:gap-x-4 max-sm:px-4 max-sm:py-2",
};
const NARROW = { table: "", head: "", row: "" };
const LEAD = "max-sm:col-span-2 max-sm:block";
const HEADED =
  "max-sm:flex max-sm:items-baseline max-sm:justify-between max-sm:gap-2 max-sm:text-right max-sm:before:text-left max-sm:before:text-xs max-sm:before:wrap-normal max-sm:before:whitespace-normal max-sm:before:text-muted max-sm:before:content-[attr(data-header)]";

/** A cell of a card: what is longer than its half is broken, since it would overprint the other. */
function card({ kind, lead, wide }: Pick<Column<never>, "kind" | "lead" | "wide">): string {
  const broken = kind === "number" ? "" : "max-sm:wrap-anywhere max-sm:whitespace-normal";
  return `max-sm:min-w-0 max-sm:px-0! max-sm:py-0.5 ${broken} ${lead ? LEAD : HEADED} ${wide ? "max-sm:hidden!" : ""}`;
}

function align(column: { kind?: "text" | "number"; grow?: boolean }): string {
  if (column.grow) return "w-full max-w-0 min-w-20 truncate text-left max-sm:max-w-none";
  return `whitespace-nowrap ${column.kind === "number" ? "text-right" : "text-left"}`;
}
