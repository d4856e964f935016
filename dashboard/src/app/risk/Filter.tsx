"use client";
import { eventTypes, risk } from "@/i18n/risk";
import { useText } from "@/lib/language";
import { addressOf, type EventType, NOTABLE, pressed, TYPES } from "./events";

interface FilterProps {
  types: readonly EventType[];
  /** Takes what the address says. */
  onChange(address: string): void;
}

/** Types of events to be shown: all, what is notable, or some of them. */
export function Filter({ types, onChange }: FilterProps) {
  const t = useText(risk);
  const name = useText(eventTypes);
  const address = addressOf(types);
  const picked = address !== "" && address !== "all";
  return (
    <fieldset aria-label={t("filter")} className="flex flex-wrap gap-1">
      <Chip on={address === ""} onPress={() => onChange(addressOf(NOTABLE))}>
        {t("important")}
      </Chip>
      <Chip on={address === "all"} onPress={() => onChange(addressOf(TYPES))}>
        {t("all")}
      </Chip>
      <span aria-hidden="true" className="mx-1 w-px bg-line" />
      {TYPES.map((type) => (
        <Chip
          key={type}
          on={picked && types.includes(type)}
          onPress={() => onChange(addressOf(pressed(types, type)))}
        >
          {name(type)}
        </Chip>
      ))}
    </fieldset>
  );
}

function Chip(props: { on: boolean; onPress(): void; children: string }) {
  const look = props.on
    ? "border-accent/50 bg-raise font-medium text-text"
    : "border-line text-muted hover:text-text";
  return (
    <button
      type="button"
      aria-pressed={props.on}
      onClick={props.onPress}
      className={`rounded-sm border px-2 py-0.5 text-xs whitespace-nowrap ${look}`}
    >
      {props.children}
    </button>
  );
}
