import type { Catalogue } from "@/lib/catalogue";

export const risk = {
  title: { en: "Risk and events", es: "Riesgo y eventos" },
} satisfies Catalogue;
