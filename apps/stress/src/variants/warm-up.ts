import { randomUUID } from "node:crypto";
import type { ChatStore, StorePlace } from "./chat-store.ts";

/** As many reads at once as there are connections, then each question once, about people that no plan knows. */
export function warmUpOf(store: ChatStore, { poolSize }: StorePlace): () => Promise<void> {
  return async () => {
    const people = { participants: ["warm-up", `warm-up-${randomUUID()}`], scope: "" };
    await Promise.all(Array.from({ length: poolSize }, () => store.find(people)));
    const { id } = await store.ensure(people);
    await Promise.all([store.ensure(people), store.find(people), store.resolve(id, people)]);
  };
}
