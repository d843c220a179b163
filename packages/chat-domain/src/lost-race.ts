import { keyForLog } from "./chat-by-key.ts";
import type { ChatContext } from "./chat-context.ts";
import type { ChatIdentity } from "./chat-request.ts";

/** Somebody else's chat got the key between our looking and our writing. */
export function tellDuplicateKey(ctx: ChatContext, { key }: ChatIdentity): void {
  ctx.observer.count("raced");
  ctx.observer.log("warn", "duplicate key during upsert", { key: keyForLog(key) });
}

/** The winner's chat was found. */
export function tellRetrieved(ctx: ChatContext, { key }: ChatIdentity): void {
  ctx.observer.log("debug", "retrieved existing chat after duplicate key", { key: keyForLog(key) });
}
