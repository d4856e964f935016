"use client";
import { useUrlState } from "@/lib/url";
import { ListView } from "./ListView";
import { OneView } from "./OneView";

/** The proposals, or the one that the address names. */
export function ProposalsView() {
  const [id, setId] = useUrlState("id");
  const open = (wanted: string) => setId(wanted, { push: true });
  if (id === "") return <ListView onOpen={open} />;
  return <OneView key={id} id={id} onBack={() => open("")} />;
}
