import type { PoolFigures } from "@onechat/chat-domain/connect";
import type { ChatTally } from "../chat-tally.ts";
import type { Readiness } from "../readiness.ts";

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
