/** A model's id on one line, all of it on hover. Where there is no room its beginning is cut: what
 * tells the models of one experiment apart, seed and hash, stands at the end. */
export function ModelId({ id, className = "max-w-72" }: { id: string; className?: string }) {
  return (
    <span
      title={id}
      className={`inline-block truncate align-bottom [direction:rtl] max-sm:max-w-full ${className}`}
    >
      <bdi dir="ltr">{id}</bdi>
    </span>
  );
}
