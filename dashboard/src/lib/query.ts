"use client";
import {
  QueryCache,
  QueryClient,
  type UseMutationResult,
  type UseQueryResult,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { api, data, type Problem } from "@/api/client";
import type { paths } from "@/api/schema";

type Getting = {
  [P in keyof paths]: paths[P] extends { get: { responses: { 200: { content: infer C } } } }
    ? C extends { "application/json": unknown }
      ? P
      : never
    : never;
}[keyof paths];

/** What `GET` of a path answers. */
export type Answer<P extends Getting> = paths[P]["get"] extends {
  responses: { 200: { content: { "application/json": infer Body } } };
}
  ? Body
  : never;

type Parameters_<P extends Getting> = paths[P]["get"] extends { parameters: infer Q }
  ? Pick<Q, Extract<keyof Q, "query" | "path">>
  : never;

export interface GetOptions {
  /** Ask again after so many milliseconds, while the page is seen. */
  every?: number;
  /** False: don't ask yet. */
  enabled?: boolean;
}

/** What a panel shows: the content, or why there is none. */
export type Got<T> = UseQueryResult<T, Problem>;

const SESSION = "/v1/session";

/** Asks twice again where the server was away; who is logged out is asked who they are. */
export function newQueryClient(): QueryClient {
  const queryCache = new QueryCache({
    onError: (error, { queryKey }) => {
      if ((error as Problem).isLoggedOut && queryKey[0] !== SESSION)
        void refresh(client, [SESSION]);
    },
  });
  const client: QueryClient = new QueryClient({
    queryCache,
    defaultOptions: {
      queries: {
        retry: (count, error) => count < 2 && [0, 500, 503].includes((error as Problem).status),
        retryDelay: (count) => 400 * 2 ** count,
        staleTime: 5_000,
        networkMode: "always",
        refetchOnWindowFocus: true,
      },
      mutations: { networkMode: "always" },
    },
  });
  return client;
}

/** Ask the API: `useGet("/v1/bars", { query: { limit: 300 } })`.
 *
 * Everybody who asks for the same shares one request. The content stays while it is asked anew,
 * and while that fails.
 */
export function useGet<P extends Getting>(
  path: P,
  parameters: Parameters_<P> = {} as Parameters_<P>,
  { every, enabled = true }: GetOptions = {},
): Got<Answer<P>> {
  return useQuery<Answer<P>, Problem>({
    queryKey: [path, parameters],
    queryFn: ({ signal }) => get(path, parameters, signal),
    refetchInterval: every ?? false,
    enabled,
  });
}

/** The same outside of components. @throws {Problem} */
export function get<P extends Getting>(
  path: P,
  parameters: Parameters_<P> = {} as Parameters_<P>,
  signal?: AbortSignal,
): Promise<Answer<P>> {
  // openapi-fetch infers these from a literal path; of a generic one it can't.
  const ask = api.GET as (path: string, options: unknown) => Promise<never>;
  return data<Answer<P>>(ask(path, { params: parameters, signal })) as Promise<Answer<P>>;
}

/** Change something, then ask anew for what hangs on it.
 *
 * `const vote = useChange((comment: string) => data(api.POST(...)), ["/v1/proposals"]);`
 * `touches` are beginnings of paths. Nothing is tried twice by itself.
 */
export function useChange<Input, T>(
  change: (input: Input) => Promise<T>,
  touches: readonly string[],
): UseMutationResult<T, Problem, Input> {
  const client = useQueryClient();
  return useMutation<T, Problem, Input>({
    mutationFn: change,
    onSettled: () => refresh(client, touches),
  });
}

/** Ask anew for everything whose path begins so. */
export function refresh(client: QueryClient, touches: readonly string[]): Promise<void> {
  return client.invalidateQueries({
    predicate: ({ queryKey: [path] }) =>
      typeof path === "string" && touches.some((touched) => path.startsWith(touched)),
  });
}
