import type { Schemas } from "@/api/client";
import type { Both, Catalogue } from "@/lib/catalogue";

export const risk = {
  title: { en: "Risk and events", es: "Riesgo y eventos" },

  limits: { en: "Limits against use", es: "Límites y uso" },
  asOf: { en: "at the bar of {day} {clock}", es: "en la barra de {day} {clock}" },
  noBooks: {
    en: "Limits and their use appear here with the first bar.",
    es: "Aquí aparecen los límites y su uso con la primera barra.",
  },
  book: { en: "Book", es: "Libro" },
  account: { en: "Account", es: "Cuenta" },
  champion: { en: "champion", es: "campeón" },
  challenger: { en: "challenger", es: "retador" },
  shadow: { en: "shadow", es: "sombra" },
  closing: { en: "is being closed", es: "se está cerrando" },
  dailyLoss: { en: "Day's loss, %", es: "Pérdida del día, %" },
  gain: { en: "gained {gain}", es: "ganó {gain}" },
  drawdown: { en: "Drawdown, %", es: "Caída, %" },
  trades: { en: "Trades of the session", es: "Operaciones de la sesión" },
  losses: { en: "Losses in a row", es: "Pérdidas seguidas" },
  position: { en: "Position", es: "Posición" },
  state: { en: "State", es: "Estado" },
  usedOf: { en: "{name}: {used} of {limit}", es: "{name}: {used} de {limit}" },
  trading: { en: "may trade", es: "puede operar" },
  killed: { en: "flat: kill switch", es: "neutral: parada total" },
  stopped: { en: "stopped by its drawdown", es: "detenido por su caída" },
  doneForDay: { en: "flat until the next session", es: "neutral hasta la próxima sesión" },
  pauses: { en: "pauses until {clock}", es: "pausa hasta las {clock}" },
  others: {
    en: "Below a confidence of {confidence} no new position is taken. {losses} losses in a row pause a book for {minutes} minutes.",
    es: "Por debajo de una confianza de {confidence} no se toma posición. {losses} pérdidas seguidas pausan un libro {minutes} minutos.",
  },

  resume: { en: "Resume", es: "Reanudar" },
  resumes: { en: "resumes with the next bar", es: "se reanuda con la próxima barra" },
  resumeOf: { en: "Resume {book}", es: "Reanudar {book}" },
  resumeTitle: { en: "Let {book} trade again?", es: "¿Dejar operar de nuevo a {book}?" },
  resumeText: {
    en: "It lies {drawdown} below its peak of {peak}. From the next bar on it may take positions again, and its peak is then what it has, {equity}: it may lose another {limit} before it stops.",
    es: "Está {drawdown} bajo su máximo de {peak}. Desde la próxima barra podrá tomar posiciones, y su máximo será lo que tiene, {equity}: podrá perder otro {limit} antes de detenerse.",
  },
  resumeAction: { en: "Let it trade", es: "Dejarlo operar" },

  killSwitch: { en: "Kill switch", es: "Parada total" },
  on: { en: "On: every book is flat", es: "Activada: todo libro está neutral" },
  off: { en: "Off: books may trade", es: "Desactivada: los libros pueden operar" },
  untouched: { en: "Nobody has ever touched it.", es: "Nadie la ha tocado." },
  by: { en: "by {who}", es: "por {who}" },
  thrown: { en: "thrown", es: "activada" },
  lifted: { en: "lifted", es: "levantada" },
  where: {
    en: "Its switch is at the right of the status bar.",
    es: "Su interruptor está a la derecha de la barra de estado.",
  },

  parity: { en: "Parity of live and batch", es: "Paridad entre vivo y lote" },
  parityText: {
    en: "What live used in a session, computed again from the stored bars.",
    es: "Lo que usó en vivo una sesión, calculado de nuevo con las barras guardadas.",
  },
  noParity: {
    en: "After each session its features are computed again and compared here, bit by bit.",
    es: "Tras cada sesión se recalculan sus características y se comparan aquí, bit a bit.",
  },
  bars: { en: "Bars", es: "Barras" },
  same: { en: "every bit the same", es: "idéntico bit a bit" },
  differs: { en: "differs", es: "difiere" },
  firstIn: {
    en: "First in {feature} at the bar of {day} {clock}: live {live}, batch {batch}.",
    es: "Primero en {feature}, barra de {day} {clock}: vivo {live}, lote {batch}.",
  },
  missing: { en: "nothing", es: "nada" },
  sign: { en: "They differ in sign.", es: "Difieren en el signo." },
  exponent: {
    en: "The first bit that differs is bit {n} of 64, in the exponent.",
    es: "El primer bit que difiere es el {n} de 64, en el exponente.",
  },
  mantissa: {
    en: "The first bit that differs is bit {n} of 64, in the mantissa.",
    es: "El primer bit que difiere es el {n} de 64, en la mantisa.",
  },
  whole: {
    en: "Only one of the two has the bar of {day} {clock}.",
    es: "Solo uno de los dos tiene la barra de {day} {clock}.",
  },
  cause: { en: "Probable cause:", es: "Causa probable:" },
  kernel: {
    en: "All values agree, the state behind the last bar does not.",
    es: "Todos los valores coinciden, el estado tras la última barra no.",
  },
  specLost: {
    en: "Nothing that is stored tells how these features were computed.",
    es: "Nada guardado dice cómo se calcularon estas características.",
  },

  events: { en: "Events", es: "Eventos" },
  filter: { en: "Types of events", es: "Tipos de eventos" },
  important: { en: "Notable", es: "Notables" },
  all: { en: "All", es: "Todos" },
  none: {
    en: "Nothing of these types has happened.",
    es: "No ha ocurrido nada de estos tipos.",
  },
  time: { en: "Time", es: "Hora" },
  type: { en: "Type", es: "Tipo" },
  about: { en: "About", es: "Sobre" },
  allBooks: { en: "all books", es: "todos los libros" },
  what: { en: "What happened", es: "Qué ocurrió" },
  older: { en: "Older", es: "Anteriores" },
  end: { en: "That is all.", es: "Es todo." },

  bought: { en: "Bought at {price}", es: "Compra a {price}" },
  sold: { en: "Sold at {price}", es: "Venta a {price}" },
  closedWith: {
    en: "{fill}; the trade made {result} USD",
    es: "{fill}; la operación dio {result} USD",
  },
  signal: {
    en: "Wants {wants} with confidence {confidence}; gets {gets}",
    es: "Quiere {wants} con confianza {confidence}; obtiene {gets}",
  },
  keep: { en: "to keep what it has", es: "mantener lo que tiene" },
  wantsLong: { en: "long", es: "larga" },
  wantsShort: { en: "short", es: "corta" },
  flat: { en: "flat", es: "neutral" },
  because: { en: "{text} ({reasons})", es: "{text} ({reasons})" },
  marked: {
    en: "Close {price}, equity {equity}",
    es: "Cierre {price}, capital {equity}",
  },
  late: { en: "{text}; the bar came late", es: "{text}; la barra llegó tarde" },
  stops: { en: "All trading stops", es: "Se detiene toda la operación" },
  goesOn: { en: "Trading goes on", es: "La operación sigue" },
  mayTrade: { en: "May trade again after its drawdown", es: "Puede operar tras su caída" },
  hitDrawdown: {
    en: "Fell to its drawdown limit and is flat until somebody resumes it",
    es: "Llegó a su límite de caída y queda neutral hasta que alguien lo reanude",
  },
  hitDay: {
    en: "Lost what a session may lose and is flat until the next one",
    es: "Perdió lo que una sesión puede perder y queda neutral hasta la próxima",
  },
  hitBreaker: {
    en: "Lost too many trades in a row and pauses",
    es: "Perdió demasiadas operaciones seguidas y hace una pausa",
  },
  withEquity: { en: "{text}; equity {equity}", es: "{text}; capital {equity}" },
  refusedRequest: {
    en: "Was refused {request}: {why}",
    es: "Se le negó {request}: {why}",
  },
  more: {
    en: "{text}; {n} more {n:refusal|refusals} since the last one told",
    es: "{text}; {n} {n:negativa|negativas} más desde la anterior",
  },
  unauthenticated: {
    en: "its credentials were not accepted",
    es: "no se aceptaron sus credenciales",
  },
  notAllowed: { en: "it may not do that", es: "no puede hacer eso" },
  tooMany: { en: "it asked too often", es: "preguntó demasiado" },
  wrongHost: {
    en: "the server is not known by that name",
    es: "el servidor no se conoce por ese nombre",
  },
  asked: { en: "{model} waits for a vote", es: "{model} espera un voto" },
  approved: { en: "{model} was approved", es: "{model} fue aprobado" },
  rejected: { en: "{model} was rejected", es: "{model} fue rechazado" },
  expired: {
    en: "Nobody voted on {model} in time",
    es: "Nadie votó a tiempo sobre {model}",
  },
  isChampion: {
    en: "Is the champion; before it: {former}",
    es: "Es el campeón; antes: {former}",
  },
  again: {
    en: "Is the champion again, after {former}",
    es: "Es de nuevo el campeón, tras {former}",
  },
  nobody: { en: "nobody", es: "nadie" },
  isChallenger: {
    en: "Is the challenger, with {share} of the capital",
    es: "Es el retador, con {share} del capital",
  },
  hasShare: { en: "Has {share} of the capital now", es: "Tiene ahora {share} del capital" },
  lostShare: { en: "Lost its share of the capital", es: "Perdió su parte del capital" },
  isShadow: { en: "Decides as a shadow", es: "Decide como sombra" },
  noShadow: { en: "Is a shadow no more", es: "Ya no es sombra" },
  passes: { en: "Passes the load gate again", es: "Pasa de nuevo la verificación de carga" },
  inTime: {
    en: "Bars come in time again, after {n} that did not",
    es: "Las barras llegan de nuevo a tiempo, tras {n} que no",
  },
  hole: {
    en: "{n} {n:bar is|bars are} missing",
    es: "{n:Falta|Faltan} {n} {n:barra|barras}",
  },
  unlike: {
    en: "{features}: unlike training over the last {n} sessions",
    es: "{features}: distinto del entrenamiento en las últimas {n} sesiones",
  },
  parted: {
    en: "Live and batch differ in the session of {day}, first in {feature}",
    es: "Vivo y lote difieren en la sesión del {day}, primero en {feature}",
  },
  releasedRows: {
    en: "{n} {n:row|rows} of {subject} released",
    es: "{n} {n:fila liberada|filas liberadas} de {subject}",
  },
  droppedRows: {
    en: "{n} {n:row|rows} of {subject} dropped",
    es: "{n} {n:fila descartada|filas descartadas} de {subject}",
  },
  began: { en: "Live trading began", es: "Comenzó la operación en vivo" },
  endedLive: { en: "Live trading ended", es: "Terminó la operación en vivo" },
  said: { en: "{who}: “{comment}”", es: "{who}: «{comment}»" },
} satisfies Catalogue;

type NoticeType = Schemas["NoticeEvent"]["type"];

/** The types of stored events. */
export const eventTypes = {
  trade: { en: "Trades", es: "Operaciones" },
  breach: { en: "Limits", es: "Límites" },
  kill_switch: { en: "Kill switch", es: "Parada total" },
  resume: { en: "Resumed", es: "Reanudado" },
  proposal: { en: "Proposals", es: "Propuestas" },
  deployment: { en: "Deployments", es: "Despliegues" },
  promotion: { en: "Promotions", es: "Promociones" },
  rollback: { en: "Rollbacks", es: "Retiros" },
  load_gate: { en: "Load gate", es: "Verificación de carga" },
  data: { en: "Data", es: "Datos" },
  drift: { en: "Drift", es: "Deriva" },
  parity: { en: "Parity", es: "Paridad" },
  quarantine_released: { en: "Released", es: "Liberados" },
  quarantine_dropped: { en: "Dropped", es: "Descartados" },
  access: { en: "Refusals", es: "Negativas" },
  engine: { en: "Engine", es: "Motor" },
  pipeline: { en: "Pipeline", es: "Procesos" },
  webhook_failed: { en: "Webhooks", es: "Webhooks" },
  signal: { en: "Signals", es: "Señales" },
  account: { en: "Bars", es: "Barras" },
} satisfies Record<NoticeType | "trade" | "signal" | "account", Both>;
