import type { Catalogue } from "@/lib/catalogue";

export const models = {
  title: { en: "Models and canary", es: "Modelos y canario" },
} satisfies Catalogue;
