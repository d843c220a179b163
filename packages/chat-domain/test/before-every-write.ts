import { withBatchers } from "../src/create-or-get/chat-context.ts";
import type { ChatContext } from "../src/index.ts";

const writes: ReadonlySet<PropertyKey> = new Set(["findOneAndUpdate", "insertMany", "bulkWrite"]);

/** The context, with something that happens between its callers' reading and each of their writes. */
export function beforeEveryWrite(
  context: ChatContext,
  interruption: (...args: readonly unknown[]) => Promise<unknown>,
  limits: { readonly maxBatchSize?: number; readonly maxPending?: number } = {},
): ChatContext {
  const chats = new Proxy(context.chats, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function") return member;
      if (!writes.has(property)) return member.bind(target) as unknown;
      return async (...args: unknown[]) => {
        await interruption(...args);
        return Reflect.apply(member, target, args) as unknown;
      };
    },
  });
  return withBatchers(
    { ...context, chats },
    { maxBatchSize: 100, maxConcurrentBatches: 1, batchTimeoutMs: 60_000, maxPending: 10_000, ...limits },
  );
}
