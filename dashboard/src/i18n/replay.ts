import type { Catalogue } from "@/lib/catalogue";

export const replay = {
  title: { en: "Replay", es: "Repetición" },
} satisfies Catalogue;
