import type { ChatContext } from "@onechat/chat-domain";
import type { AdminContext } from "./admin/admin-context.ts";
import type { Caller } from "./caller.ts";
import type { AroundCall } from "./traffic-observer.ts";

/** What a procedure gets of the request it serves; calls of one batch share it. */
export interface RequestContext {
  readonly chats: ChatContext;
  readonly admin: AdminContext;
  readonly requestId: string;
  /** Verifies the request's token, once however often it is asked. */
  readonly authenticate: () => Promise<Caller>;
  /** @throws TRPCError `TOO_MANY_REQUESTS` when the caller's budget is used up */
  readonly spendCall: (caller: Caller) => Promise<void>;
  /** @throws ChatError `INDEX_MISSING` */
  readonly assertGuarantee: () => Promise<void>;
  readonly aroundCall: AroundCall;
}
