import type { ChatContext } from "@onechat/chat-domain";
import type { Caller } from "./caller.ts";

/** What a procedure gets of the request it serves; calls of one batch share it. */
export interface RequestContext {
  readonly chats: ChatContext;
  readonly requestId: string;
  /** Verifies the request's token, once however often it is asked. */
  readonly authenticate: () => Promise<Caller>;
  /** @throws ChatError `INDEX_MISSING` */
  readonly assertGuarantee: () => Promise<void>;
}
