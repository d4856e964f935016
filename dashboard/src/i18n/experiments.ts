import type { Catalogue } from "@/lib/catalogue";

export const experiments = {
  title: { en: "Experiments", es: "Experimentos" },
} satisfies Catalogue;
