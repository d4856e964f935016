/** A sentence whose parts between backticks are code. */
export function coded(text: string) {
  return text.split("`").map((part, n) =>
    n % 2 === 1 ? (
      <code key={part} className="font-mono text-xs text-text">
        {part}
      </code>
    ) : (
      part
    ),
  );
}
