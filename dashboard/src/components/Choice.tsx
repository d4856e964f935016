interface ChoiceProps<Value extends string> {
  label: string;
  options: readonly (readonly [Value, string])[];
  value: Value;
  onChange(value: Value): void;
}

/** One of a few, all of them seen. */
export function Choice<Value extends string>({
  label,
  options,
  value,
  onChange,
}: ChoiceProps<Value>) {
  return (
    <fieldset
      className="flex max-w-full min-w-0 flex-wrap rounded-md border border-line p-0.5"
      aria-label={label}
    >
      {options.map(([key, text]) => (
        <button
          key={key}
          type="button"
          title={text}
          aria-pressed={key === value}
          onClick={() => onChange(key)}
          className={`max-w-full truncate rounded-sm px-2 py-0.5 text-xs ${key === value ? "bg-raise font-medium text-text" : "text-muted hover:text-text"}`}
        >
          {text}
        </button>
      ))}
    </fieldset>
  );
}
