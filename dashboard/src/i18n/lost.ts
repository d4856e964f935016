import type { Catalogue } from "@/lib/catalogue";

/** Of the page that stands where there is none. */
export const lost = {
  title: { en: "There is no such page", es: "Esta página no existe" },
  text: {
    en: "Nothing stands at {path}. The pages are these:",
    es: "No hay nada en {path}. Las páginas son estas:",
  },
} satisfies Catalogue;
