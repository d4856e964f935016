import type { ReactNode } from "react";
import type { Period } from "./period";

const BOX = "h-8 w-full min-w-0 rounded-md border border-line bg-bg px-2 text-sm text-text";

/** A field under its label. */
export function Field(props: { label: string; wide?: boolean; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children
    <label
      className={`flex min-w-0 flex-col gap-1 text-xs text-muted ${props.wide ? "max-lg:col-span-2" : ""}`}
    >
      {props.label}
      {props.children}
    </label>
  );
}

interface SelectFieldProps {
  value: string;
  options: readonly (readonly [string, string])[];
  onChange(value: string): void;
}

export function SelectField({ value, options, onChange }: SelectFieldProps) {
  return (
    <select className={BOX} value={value} onChange={(event) => onChange(event.target.value)}>
      {options.map(([key, text]) => (
        <option key={key} value={key}>
          {text}
        </option>
      ))}
    </select>
  );
}

interface DayFieldProps {
  value: string;
  range: Period | null;
  onChange(day: string): void;
}

export function DayField({ value, range, onChange }: DayFieldProps) {
  return (
    <input
      type="date"
      className={BOX}
      value={value}
      min={range?.from}
      max={range?.to}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
