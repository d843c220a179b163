import type { ChatContext } from "./chat-context.ts";
import type { ChatRequest } from "./chat-request.ts";
import { createChats } from "./create-chats.ts";
import { GroupCommit, type GroupCommitLimits } from "./group-commit.ts";
import { type Lookup, lookUpChats } from "./look-up-chats.ts";
import type { Obtained } from "./obtain-chat.ts";

/** Where concurrent create-or-get calls of one process meet. */
export interface ConcurrentCalls {
  /** All of them, to look for their chats. */
  readonly lookups: GroupCommit<ChatRequest, Lookup>;
  /** Those that found none, to create it, in batches behind which nobody else waits. */
  readonly creations: GroupCommit<ChatRequest, Obtained | null>;
}

export type ConcurrentCallsLimits = Omit<GroupCommitLimits, "minShare">;

/** So many lookups are worth a round trip of their own. */
const lookupsWorthATrip = 32;

/** A context whose callers meet nobody else's. */
export function withConcurrentCalls(
  context: Omit<ChatContext, keyof ConcurrentCalls>,
  limits: ConcurrentCallsLimits,
): ChatContext {
  // Lookups that find nothing go on to be written, and writes pay by the batch.
  let mostExist = true;
  const creations: ConcurrentCalls["creations"] = new GroupCommit(
    { ...limits, minShare: () => Infinity },
    (requests) => createChats(whole, requests),
  );
  const lookups: ConcurrentCalls["lookups"] = new GroupCommit(
    { ...limits, minShare: () => (mostExist ? lookupsWorthATrip : Infinity) },
    async (requests, others) => {
      const found = await lookUpChats(whole, requests, others);
      mostExist = found.filter(isMissing).length * 2 < requests.length;
      return found;
    },
    // Whoever is being looked up may have to wait once more.
    () => lookups.aboard + creations.waiting,
  );
  const whole: ChatContext = { ...context, lookups, creations };
  return whole;
}

function isMissing(lookup: PromiseSettledResult<Lookup>): boolean {
  return lookup.status === "fulfilled" && lookup.value === "missing";
}
