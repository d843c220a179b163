import { ChatError } from "@onechat/chat-domain";
import { TRPCError } from "@trpc/server";
import { domainError } from "./error-status.ts";

/** When a refused caller may come back; the cause of the refusal. */
class TryLater extends Error {
  override readonly name = "TryLater";
  readonly seconds: number;

  constructor(seconds: number) {
    super(`try again in ${seconds} s`);
    this.seconds = seconds;
  }
}

/** 429: this caller asks too much. */
export function tooManyRequests(message: string, waitMs: number): TRPCError {
  const cause = new TryLater(Math.max(1, Math.ceil(waitMs / 1_000)));
  return new TRPCError({ code: "TOO_MANY_REQUESTS", message: `${message}; ${cause.message}`, cause });
}

/** 503: everybody together asks more of this process than it can do. */
export function overloaded(): TRPCError {
  return domainError(
    new ChatError("UNAVAILABLE", "this process has more to do than it can; try again in a second"),
  );
}

/** Seconds until the call may be repeated; `null` where repeating it is no use. */
export function retryAfterSeconds({ cause, code }: TRPCError): number | null {
  if (cause instanceof TryLater) return cause.seconds;
  return code === "SERVICE_UNAVAILABLE" ? 1 : null;
}
