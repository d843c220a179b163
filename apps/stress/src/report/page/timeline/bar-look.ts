import type { Bar } from "./bars.ts";

export type BarLook =
  | "id-0"
  | "id-1"
  | "id-2"
  | "created"
  | "nothing"
  | "merge"
  | Exclude<Bar["outcome"], "ok">;

/** The class of a call's bar. Different chats look different, the first three of them. */
export function barLook({
  kind,
  outcome,
  id,
  created,
}: Pick<Bar, "kind" | "outcome" | "id" | "created">): BarLook {
  if (outcome !== "ok") return outcome;
  if (kind === "merge") return "merge";
  if (created === true) return "created";
  if (id === -1) return "nothing";
  return id === 0 ? "id-0" : id === 1 ? "id-1" : "id-2";
}
