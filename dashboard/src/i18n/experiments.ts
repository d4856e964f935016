import type { Catalogue } from "@/lib/catalogue";

export const experiments = {
  title: { en: "Experiments", es: "Experimentos" },

  library: { en: "Library", es: "Biblioteca" },
  libraryNone: {
    en: "No experiment: files of config/experiments appear here.",
    es: "Sin experimentos: aquí aparecen los archivos de config/experiments.",
  },
  filter: { en: "Filter", es: "Filtrar" },
  noneMatches: { en: "None matches.", es: "Ninguno coincide." },
  name: { en: "Experiment", es: "Experimento" },
  protocol: { en: "Protocol", es: "Protocolo" },
  unreadable: { en: "can't be read", es: "ilegible" },
  single_split: { en: "one split", es: "una partición" },
  walk_forward: { en: "walk-forward", es: "walk-forward" },
  base: { en: "Stands on", es: "Parte de" },
  sharpe: { en: "Last Sharpe", es: "Último Sharpe" },
  vote: { en: "L4's vote", es: "Voto de L4" },
  when: { en: "When", es: "Cuándo" },

  changes: { en: "What {name} changes", es: "Qué cambia {name}" },
  changesNone: { en: "It stands on nothing.", es: "No parte de nada." },
  key: { en: "Setting", es: "Ajuste" },
  before: { en: "There", es: "Allí" },
  own: { en: "Here", es: "Aquí" },

  walkForwards: { en: "Walk-forwards", es: "Walk-forwards" },
  walkForwardsNone: {
    en: "None was recorded: what all seeds did in all folds appears here.",
    es: "Ninguno registrado: aquí aparece lo que hicieron todas las semillas en cada tramo.",
  },
  atCosts: { en: "Sharpe of the seeds at costs ×{n}", es: "Sharpe de las semillas a costos ×{n}" },
  lowest: { en: "Lowest", es: "Mínimo" },
  quarter: { en: "Lower quartile", es: "Primer cuartil" },
  median: { en: "Median", es: "Mediana" },
  highest: { en: "Highest", es: "Máximo" },
  costs: { en: "Costs", es: "Costos" },

  trials: { en: "Looks at test periods", es: "Miradas a periodos de prueba" },
  trialsNone: {
    en: "Nobody has looked at a test period yet.",
    es: "Nadie ha mirado aún un periodo de prueba.",
  },
  model: { en: "Model", es: "Modelo" },
  window: { en: "Period", es: "Periodo" },
} satisfies Catalogue;
