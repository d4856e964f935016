import type { Catalogue } from "@/lib/catalogue";

export const proposals = {
  title: { en: "Proposals", es: "Propuestas" },
} satisfies Catalogue;
