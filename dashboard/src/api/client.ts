import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];
/** A shape of the API: `Shape<"RiskReport">`. */
export type Shape<Name extends keyof Schemas> = Schemas[Name];

/** An error that the API tells (RFC 9457), or that it could not be reached (`status` 0). */
export class Problem extends Error {
  override readonly name = "Problem";
  constructor(
    readonly status: number,
    readonly type: string,
    readonly detail: string,
    readonly remedy = "",
    readonly requestId = "",
    readonly places: readonly { place: string; message: string }[] = [],
  ) {
    super(detail);
  }

  /** Nobody is logged in, or not any more. */
  get isLoggedOut(): boolean {
    return this.status === 401;
  }
}

export const UNREACHABLE = "/problems/unreachable";
const CHANGES = new Set(["POST", "PUT", "PATCH", "DELETE"]);
let csrfToken = "";

/** Keep what `GET /v1/session` told; changes need it. */
export function keepCsrfToken(token: string | null | undefined): void {
  csrfToken = token ?? "";
}

/** Headers of a change, for requests that don't go through `api` (the replay's stream). */
export function changeHeaders(): Record<string, string> {
  return { "X-CSRF-Token": csrfToken };
}

const csrf: Middleware = {
  onRequest({ request }) {
    if (CHANGES.has(request.method)) request.headers.set("X-CSRF-Token", csrfToken);
    return request;
  },
};

// An absolute address where there is a page, since `Request` takes no other in tests.
const baseUrl = typeof window === "undefined" ? "http://localhost" : window.location.origin;

/** The API, typed: `await data(api.GET("/v1/risk"))`. */
export const api = createClient<paths>({ baseUrl, credentials: "same-origin" });
api.use(csrf);

/** Read a problem from an answer that failed. */
export function problemOf(status: number, body: unknown): Problem {
  const told = (typeof body === "object" && body !== null ? body : {}) as Partial<Shape<"Problem">>;
  return new Problem(
    status,
    told.type ?? "about:blank",
    told.detail ?? `HTTP ${status}`,
    told.remedy ?? "",
    told.request_id ?? "",
    told.errors ?? [],
  );
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Give an answer's content.
 *
 * @throws {Problem} the API refused, or can't be reached.
 */
export async function data<T>(asked: Promise<Answer<T>>): Promise<NonNullable<T>> {
  let answer: Answer<T>;
  try {
    answer = await asked;
  } catch (error) {
    throw new Problem(0, UNREACHABLE, error instanceof Error ? error.message : String(error));
  }
  if (!answer.response.ok) throw problemOf(answer.response.status, answer.error);
  return answer.data as NonNullable<T>;
}
