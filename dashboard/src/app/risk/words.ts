import { reasons } from "@/i18n/reasons";
import { risk } from "@/i18n/risk";
import { type Language, say, type Values } from "@/lib/catalogue";
import { formats } from "@/lib/format";
import type { StoredEvent } from "./events";

/** What happened, and where a person did it, their comment. */
export interface Told {
  text: string;
  /** The text is the API's own, which is English. */
  foreign: boolean;
  said: string | null;
}

type Data = Readonly<Record<string, unknown>>;
type Teller = (data: Data, language: Language, text: string, subject: string) => string | null;

/** Say an event in the reader's language; where there are no words of ours, in the API's. */
export function tell(event: StoredEvent, language: Language): Told {
  const details = asData(event.data.details);
  const theirs = str(event.data.text);
  const teller = TELLERS.get(event.type);
  const about = theirs === null ? event.data : details;
  const own = teller?.(about, language, theirs ?? "", event.subject) ?? null;
  const text = own ?? theirs ?? "–";
  const [who, comment] = [str(details.by), str(details.comment)];
  const said = who === null || comment === null ? null : say(risk.said, language, { who, comment });
  return { text, foreign: own === null && language !== "en", said };
}

const asData = (value: unknown): Data =>
  typeof value === "object" && value !== null ? (value as Data) : {};
const str = (value: unknown) => (typeof value === "string" ? value : null);
const num = (value: unknown) => (typeof value === "number" ? value : null);
const words = (key: keyof typeof risk, language: Language, values?: Values) =>
  say(risk[key], language, values);

const trade: Teller = (data, language) => {
  const f = formats[language];
  const fill = words(data.side === "BUY" ? "bought" : "sold", language, {
    price: f.price(num(data.entry_price)),
  });
  const result = num(data.pnl);
  if (result === null) return fill;
  return words("closedWith", language, { fill, result: f.money(result, { sign: true }) });
};

const signal: Teller = (data, language) => {
  const wants = { BUY: "wantsLong", SELL: "wantsShort", HOLD: "keep" } as const;
  const target = num(data.target) ?? 0;
  const text = words("signal", language, {
    wants: words(wants[data.action as keyof typeof wants] ?? "keep", language),
    confidence: formats[language].ratio(num(data.confidence)),
    gets: words(target > 0 ? "wantsLong" : target < 0 ? "wantsShort" : "flat", language),
  });
  const blocked = Array.isArray(data.blocked_by) ? data.blocked_by.map(String) : [];
  if (blocked.length === 0) return late(text, data, language);
  const why = blocked.map((reason) => reasonOf(reason, language)).join(", ");
  return late(words("because", language, { text, reasons: why }), data, language);
};

const account: Teller = (data, language) => {
  const f = formats[language];
  const price = f.price(num(data.close));
  const text = words("marked", language, { price, equity: f.money(num(data.equity)) });
  return late(text, data, language);
};

const late = (text: string, data: Data, language: Language) =>
  data.late === true ? words("late", language, { text }) : text;

const reasonOf = (reason: string, language: Language) =>
  Object.hasOwn(reasons, reason) ? say(reasons[reason as keyof typeof reasons], language) : reason;

const LIMITS = {
  drawdown: "hitDrawdown",
  daily_loss: "hitDay",
  circuit_breaker: "hitBreaker",
} as const;

const breach: Teller = (data, language) => {
  const key = LIMITS[data.reason as keyof typeof LIMITS];
  if (key === undefined) return null;
  const equity = formats[language].money(num(data.equity));
  return words("withEquity", language, { text: words(key, language), equity });
};

const REFUSED = {
  unauthenticated: "unauthenticated",
  "not-allowed": "notAllowed",
  "too-many-requests": "tooMany",
  "wrong-host": "wrongHost",
} as const;

const access: Teller = (data, language) => {
  const [kind, method, path] = [str(data.kind), str(data.method), str(data.path)];
  if (kind === null || method === null || path === null) return null;
  const key = REFUSED[kind as keyof typeof REFUSED];
  const why = key === undefined ? kind : words(key, language);
  const text = words("refusedRequest", language, { request: `${method} ${path}`, why });
  const n = num(data.since_last) ?? 0;
  return n === 0 ? text : words("more", language, { text, n });
};

const VOTES: Readonly<Record<string, keyof typeof risk>> = {
  PENDING: "asked",
  APPROVED: "approved",
  REJECTED: "rejected",
  EXPIRED: "expired",
};

const proposal: Teller = (data, language) => {
  const [model, key] = [str(data.model_id), VOTES[str(data.status) ?? ""]];
  return model === null || key === undefined ? null : words(key, language, { model });
};

/** Who trades with which share: `former` and `share` tell what became of the subject. */
const trader =
  (type: "promotion" | "rollback" | "deployment"): Teller =>
  (data, language) => {
    const share = num(data.share);
    const former = { former: str(data.former) ?? words("nobody", language) };
    const of = { share: formats[language].percent(share, { unit: true, digits: 0 }) };
    if (type === "rollback") return words(share === 1 ? "again" : "lostShare", language, former);
    if (type === "deployment" && share === null) return words("noShadow", language);
    if (type === "deployment" && share === 0) return words("isShadow", language);
    if (type === "deployment") return words("isChallenger", language, of);
    if (share === null) return null;
    return share === 1 ? words("isChampion", language, former) : words("hasShare", language, of);
  };

const loadGate: Teller = (_, language, text) =>
  text.endsWith(" passes the load gate again.") ? words("passes", language) : null;

const data: Teller = (details, language) => {
  const [late, missing] = [num(details.bars), num(details.missing)];
  if (late !== null) return words("inTime", language, { n: late });
  return missing === null ? null : words("hole", language, { n: missing });
};

const drift: Teller = (details, language) => {
  const [n, features] = [num(details.sessions), Object.keys(asData(details.features))];
  if (n === null || features.length === 0) return null;
  return words("unlike", language, { features: features.join(", "), n });
};

const parity: Teller = (details, language) => {
  const [day, feature] = [str(details.session), str(details.feature)];
  if (day === null || feature === null) return null;
  return words("parted", language, { day: formats[language].date(day), feature });
};

const settled =
  (key: "releasedRows" | "droppedRows"): Teller =>
  (details, language, _, subject) =>
    Array.isArray(details.rows) ? words(key, language, { n: details.rows.length, subject }) : null;

const engine: Teller = (_, language, text) => {
  if (text === "Live trading begins.") return words("began", language);
  return text === "Live trading ends." ? words("endedLive", language) : null;
};

const TELLERS: ReadonlyMap<string, Teller> = new Map([
  ["trade", trade],
  ["signal", signal],
  ["account", account],
  ["breach", breach],
  ["access", access],
  ["engine", engine],
  ["proposal", proposal],
  ["promotion", trader("promotion")],
  ["rollback", trader("rollback")],
  ["deployment", trader("deployment")],
  ["load_gate", loadGate],
  ["data", data],
  ["drift", drift],
  ["parity", parity],
  ["quarantine_released", settled("releasedRows")],
  ["quarantine_dropped", settled("droppedRows")],
  ["kill_switch", (data, language) => words(data.on === true ? "stops" : "goesOn", language)],
  ["resume", (_, language) => words("mayTrade", language)],
]);
