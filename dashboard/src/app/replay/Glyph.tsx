const PATHS = {
  play: "M4 2.5 L13 8 L4 13.5 Z",
  pause: "M3.5 2.5 H6.5 V13.5 H3.5 Z M9.5 2.5 H12.5 V13.5 H9.5 Z",
  forward: "M3 2.5 H5 V13.5 H3 Z M6.5 2.5 L13 8 L6.5 13.5 Z",
  back: "M13 2.5 H11 V13.5 H13 Z M9.5 2.5 L3 8 L9.5 13.5 Z",
  fillForward: "M2 2.5 L7.5 8 L2 13.5 Z M11.5 4.5 L15 11.5 H8 Z",
  fillBack: "M14 2.5 L8.5 8 L14 13.5 Z M4.5 4.5 L8 11.5 H1 Z",
  first: "M2 2.5 H4 V13.5 H2 Z M9 2.5 V13.5 L4.5 8 Z M14 2.5 V13.5 L9.5 8 Z",
  last: "M14 2.5 H12 V13.5 H14 Z M7 2.5 V13.5 L11.5 8 Z M2 2.5 V13.5 L6.5 8 Z",
} as const;

export type GlyphName = keyof typeof PATHS;

export function Glyph({ name }: { name: GlyphName }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 16 16" className="size-3.5 shrink-0">
      <path d={PATHS[name]} fill="currentColor" />
    </svg>
  );
}
