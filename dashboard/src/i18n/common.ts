import type { Catalogue } from "@/lib/catalogue";

/** Texts of the shell and of shared components. Pages have files of their own beside this one. */
export const common = {
  live: { en: "Live", es: "En vivo" },
  replay: { en: "Replay", es: "Repetición" },
  proposals: { en: "Proposals", es: "Propuestas" },
  models: { en: "Models", es: "Modelos" },
  experiments: { en: "Experiments", es: "Experimentos" },
  data: { en: "Data", es: "Datos" },
  risk: { en: "Risk", es: "Riesgo" },
  more: { en: "More", es: "Más" },
  pages: { en: "Pages", es: "Páginas" },
  skip: { en: "Skip to content", es: "Ir al contenido" },
  waiting: {
    en: "{n} {n:waits|wait} for a person",
    es: "{n} {n:espera|esperan} a una persona",
  },
  long: { en: "long", es: "larga" },
  short: { en: "short", es: "corta" },
  flat: { en: "flat", es: "neutral" },
  cancel: { en: "Cancel", es: "Cancelar" },
  close: { en: "Close", es: "Cerrar" },
  retry: { en: "Try again", es: "Reintentar" },
  stale: { en: "as of", es: "de hace" },
  since: { en: "Since", es: "Desde las" },
  unreachable: {
    en: "The server does not answer. It may have been stopped.",
    es: "El servidor no responde. Puede haberse detenido.",
  },
  copy: { en: "Copy {value}", es: "Copiar {value}" },
  copied: { en: "copied", es: "copiado" },
  comment: {
    en: "Why? The audit log keeps it.",
    es: "¿Por qué? Queda en el registro de auditoría.",
  },

  status: { en: "Status", es: "Estado" },
  bars: { en: "{clock} · {n} of {all} bars", es: "{clock} · {n} de {all} barras" },
  closedUntil: {
    en: "closed, opens {day} {clock}",
    es: "cerrado, abre el {day} a las {clock}",
  },
  simulated: {
    en: "simulated {day} {clock} · {n} of {all} bars",
    es: "simulado {day} {clock} · {n} de {all} barras",
  },
  dataAge: { en: "data {age} old", es: "datos de hace {age}" },
  noBars: { en: "no bars yet", es: "aún sin barras" },
  feed: { en: "Feed", es: "Fuente" },
  engine: { en: "Engine", es: "Motor" },
  database: { en: "Database", es: "Base de datos" },
  bus: { en: "Bus", es: "Bus" },
  ok: { en: "in order", es: "en orden" },
  idle: { en: "at rest", es: "en reposo" },
  unknown: { en: "not known yet", es: "aún no se sabe" },
  feedBehind: {
    en: "{n} {n:bar|bars} behind",
    es: "{n} {n:barra|barras} de atraso",
  },
  engineBehind: {
    en: "has not decided on the newest bar; is `cambio live` running?",
    es: "no ha decidido sobre la última barra; ¿está en marcha `cambio live`?",
  },
  stopped: {
    en: "stopped: `cambio live` starts it",
    es: "detenido: `cambio live` lo inicia",
  },
  notStarted: {
    en: "has not traded here yet; `cambio live` starts it",
    es: "aún no ha operado aquí; lo inicia `cambio live`",
  },
  down: { en: "not reachable", es: "inalcanzable" },
  otherSchema: {
    en: "schema of another version: restart `cambio serve`",
    es: "esquema de otra versión: reinicie `cambio serve`",
  },
  streamLost: {
    en: "Stream lost {age} ago. What is shown may be old; connecting again.",
    es: "Conexión perdida hace {age}. Lo que se ve puede ser viejo; reconectando.",
  },
  streamStale: {
    en: "The database is away. What is shown is from before; it goes on by itself.",
    es: "La base de datos no responde. Lo que se ve es de antes; seguirá sola.",
  },
  position: { en: "Position", es: "Posición" },
  today: { en: "Today", es: "Hoy" },

  kill: { en: "Kill switch", es: "Parada total" },
  killed: { en: "Trading stopped", es: "Operación detenida" },
  killTitle: { en: "Stop all trading?", es: "¿Detener toda la operación?" },
  killOpen: {
    en: "Closes {positions} at the next bar and blocks new positions until you lift it.",
    es: "Cierra {positions} en la próxima barra y bloquea posiciones nuevas hasta que lo levante.",
  },
  killFlat: {
    en: "No book holds a position. Blocks new positions until you lift it.",
    es: "Ningún libro tiene posición. Bloquea posiciones nuevas hasta que lo levante.",
  },
  killAction: { en: "Stop trading", es: "Detener" },
  liftTitle: { en: "Let trading go on?", es: "¿Reanudar la operación?" },
  liftText: {
    en: "Stopped by {who}: “{why}”. From the next bar on, every model may take positions again.",
    es: "Detenida por {who}: «{why}». Desde la próxima barra, cada modelo podrá tomar posiciones.",
  },
  liftAction: { en: "Lift the stop", es: "Reanudar" },
  needsOperator: {
    en: "Takes the role operator; you are {role}.",
    es: "Requiere el rol operator; usted es {role}.",
  },

  login: { en: "Log in", es: "Iniciar sesión" },
  loginText: {
    en: "`cambio serve` prints a link when it starts; it works once, for 5 minutes. Or enter a token:",
    es: "`cambio serve` imprime un enlace al arrancar; sirve una vez, por 5 minutos. O escriba un token:",
  },
  token: { en: "Token", es: "Token" },
  tokenHow: {
    en: "An administrator makes one by",
    es: "Un administrador crea uno con",
  },
  logout: { en: "Log out", es: "Cerrar sesión" },
  loggedInAs: { en: "{account}, {role}", es: "{account}, {role}" },

  theme: { en: "Dark or light", es: "Oscuro o claro" },
  language: { en: "Español", es: "English" },
  help: { en: "Keys", es: "Teclas" },
  keyGo: { en: "go to {page}", es: "ir a {page}" },
  keyHelp: { en: "these keys", es: "estas teclas" },
  keySearch: { en: "search", es: "buscar" },
  keyTheme: { en: "dark or light", es: "oscuro o claro" },
  search: { en: "Search", es: "Buscar" },
  searchHint: {
    en: "A page, model or proposal",
    es: "Una página, un modelo o una propuesta",
  },
  searchNone: { en: "Nothing is called so.", es: "Nada se llama así." },
  charts: {
    en: "Charts by TradingView Lightweight Charts™",
    es: "Gráficos de TradingView Lightweight Charts™",
  },
} satisfies Catalogue;
