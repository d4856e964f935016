import type { Shape } from "@/api/client";

export type Report = Shape<"RiskReport">;
export type Book = Shape<"BookRisk">;

/** One line of the table: a book, or the account behind all funded ones. */
export interface Line {
  /** A model, or `account`, as the API names it. */
  name: string;
  book: Shape<"AccountRisk">;
  /** What only a model's book has. */
  model: Book | null;
}

export const ACCOUNT = "account";

/** The account first, then the books in the order of their roles. */
export function linesOf({ account, books }: Report): Line[] {
  const ranks = ["champion", "challenger", "shadow"];
  const rank = ({ role }: Book) => (role === null ? ranks.length : ranks.indexOf(role));
  const ordered = [...books].sort((a, b) => rank(a) - rank(b));
  const lines = ordered.map((book) => ({ name: book.model_id, book, model: book }));
  return account === null ? lines : [{ name: ACCOUNT, book: account, model: null }, ...lines];
}

/** What holds a book back; the gravest first. */
export type State = "killed" | "stopped" | "doneForDay" | "pauses" | "closing" | "trading";

export function stateOf({ book, model }: Line, report: Report): State {
  if (book.drawdown_breached) return "stopped";
  if (report.kill_switch) return "killed";
  if (book.daily_loss_breached) return "doneForDay";
  if (model !== null && model.breaker_until !== null) return "pauses";
  return model !== null && model.role === null ? "closing" : "trading";
}

/** How much of a limit is used, in [0, 1], and how grave that is. */
export interface Use {
  share: number;
  level: "calm" | "near" | "reached";
}

const NEAR = 0.75;

/** What of a limit is used; a gain uses nothing, and a limit of nothing is reached by anything. */
export function useOf(used: number, limit: number): Use {
  const share = used <= 0 ? 0 : limit <= 0 ? 1 : Math.min(1, used / limit);
  return { share, level: share >= 1 ? "reached" : share >= NEAR ? "near" : "calm" };
}
