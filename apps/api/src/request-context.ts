import type { ChatContext } from "@onechat/chat-domain";
import type { PoolFigures } from "@onechat/chat-domain/connect";
import type { Caller } from "./auth/caller.ts";
import type { ConsumeQuota } from "./limits/call-quota.ts";
import type { AroundCall } from "./observe/traffic-observer.ts";
import type { Readiness } from "./health/readiness.ts";
import type { ChatTally } from "./observe/chat-observer.ts";

/** What a procedure gets of the request it serves; calls of one batch share it. */
export interface RequestContext {
  readonly chats: ChatContext;
  readonly admin: AdminContext;
  readonly requestId: string;
  /** Verifies the request's token, once however often it is asked. */
  readonly authenticate: () => Promise<Caller>;
  /** @throws TRPCError `TOO_MANY_REQUESTS` when the caller's quota is used up */
  readonly consumeQuota: ConsumeQuota;
  /**
   * Asks whether the guarantee is there, once however often it is asked.
   *
   * @throws ChatError `INDEX_MISSING`
   */
  readonly assertGuarantee: () => Promise<void>;
  readonly aroundCall: AroundCall;
}

/** What administrators may ask a process about. */
export interface AdminContext {
  readonly version: string;
  readonly startedAt: Date;
  readonly tally: ChatTally;
  readonly pool: () => PoolFigures;
  readonly readiness: Pick<Readiness, "assertReady">;
  readonly audits: AuditSlot;
}

/** An audit reads everything there is: a process carries out one at a time. */
export interface AuditSlot {
  /** @throws TRPCError `TOO_MANY_REQUESTS` while another one runs */
  readonly alone: <T>(audit: () => Promise<T>) => Promise<T>;
}
