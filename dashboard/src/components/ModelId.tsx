/** A model's id on one line; what doesn't fit is cut, and told on hover. */
export function ModelId({ id, className = "max-w-72" }: { id: string; className?: string }) {
  return (
    <span
      title={id}
      className={`inline-block truncate align-bottom max-sm:max-w-full ${className}`}
    >
      {id}
    </span>
  );
}
