import type { Document } from "mongodb";
import { withBatchers } from "../src/create-or-get/chat-context.ts";
import type { ChatContext } from "../src/index.ts";

/** One call of a method of the collection. */
export interface CollectionCall {
  readonly method: string;
  readonly filter: Document;
  readonly options: Document;
}

const optionsAt: Readonly<Record<string, number>> = { find: 1, findOne: 1, findOneAndUpdate: 2 };

/** The context, and what its verbs ask of the chats' collection. */
export function watchedCollection(context: ChatContext): {
  readonly context: ChatContext;
  readonly calls: CollectionCall[];
} {
  const calls: CollectionCall[] = [];
  const chats = new Proxy(context.chats, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        const method = String(property);
        const options = (args[optionsAt[method] ?? 1] ?? {}) as Document;
        calls.push({ method, filter: args[0] as Document, options });
        return Reflect.apply(member, target, args) as unknown;
      };
    },
  });
  return {
    calls,
    context: withBatchers(
      { ...context, chats },
      { maxBatchSize: 100, maxConcurrentBatches: 1, batchTimeoutMs: 60_000, maxPending: 1_000 },
    ),
  };
}
