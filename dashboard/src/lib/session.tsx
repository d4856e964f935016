"use client";
import { createContext, useContext } from "react";
import type { Shape } from "@/api/client";

export type SessionState = Shape<"SessionState">;
export type Role = SessionState["role"];

export const SessionContext = createContext<SessionState | null>(null);

/** Who is logged in; pages are shown to nobody else. */
export function useSession(): SessionState {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("useSession needs somebody who is logged in.");
  return session;
}

const RANK: Record<Role, number> = { viewer: 0, operator: 1, approver: 2 };

/** Whether who is logged in may do what takes a role. */
export function useMay(role: Role): boolean {
  return RANK[useSession().role] >= RANK[role];
}
