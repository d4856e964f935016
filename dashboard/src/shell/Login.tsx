"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, data } from "@/api/client";
import { Button } from "@/components/Button";
import { coded } from "@/components/coded";
import { Failure } from "@/components/Panel";
import { common } from "@/i18n/common";
import { useText } from "@/lib/language";
import { useChange } from "@/lib/query";

/** Shown to who is not logged in: how to get in, and a field for a token. */
export function Login() {
  const t = useText(common);
  const client = useQueryClient();
  const [token, setToken] = useState("");
  const enter = useChange(
    (secret: string) =>
      data(api.POST("/v1/session", { headers: { Authorization: `Bearer ${secret}` } })),
    [],
  );
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <form
        className="flex w-full max-w-sm flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          enter.mutate(token.trim(), { onSuccess: () => client.resetQueries() });
        }}
      >
        <h1 className="text-xl font-semibold">cambio</h1>
        <p className="text-muted">{coded(t("loginText"))}</p>
        <label htmlFor="token" className="flex flex-col gap-1 text-xs text-muted">
          {t("token")}
          <input
            id="token"
            type="password"
            autoComplete="off"
            required
            value={token}
            onChange={(event) => setToken(event.target.value)}
            className="h-9 rounded-md border border-line bg-panel px-3 text-sm text-text"
          />
        </label>
        <Button type="submit" look="primary" disabled={enter.isPending || token.trim() === ""}>
          {t("login")}
        </Button>
        {enter.error ? <Failure problem={enter.error} /> : null}
        <p className="text-xs text-faint">
          {t("tokenHow")} <code className="font-mono">cambio token create NAME --role viewer</code>
        </p>
      </form>
    </main>
  );
}
