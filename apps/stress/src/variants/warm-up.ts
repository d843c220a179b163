import { randomUUID } from "node:crypto";
import type { AskedPeople, ChatStore } from "./chat-store.ts";

export interface WarmUp {
  /** So many connections are to be opened. */
  readonly poolSize: number;
  /** Whom to ask about; by default people that nobody else knows. */
  readonly people?: AskedPeople;
}

/** As many reads at once as there are connections, then each question once, about people that no plan knows. */
export function warmUpOf(store: ChatStore, { poolSize, people: given }: WarmUp): () => Promise<void> {
  return async () => {
    const people = given ?? { participants: ["warm-up", `warm-up-${randomUUID()}`], scope: "" };
    await Promise.allSettled(Array.from({ length: poolSize }, () => store.find(people)));
    const [ensured] = await Promise.allSettled([store.ensure(people)]);
    const id = ensured.status === "fulfilled" ? ensured.value.id : "000000000000000000000000";
    await Promise.allSettled([store.ensure(people), store.find(people), store.resolve(id, people)]);
  };
}
